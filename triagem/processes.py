"""How long a process lives beside the one that made it; what either works at is left to them."""

import os
import signal
import threading
from multiprocessing import parent_process


def end_with_parent() -> None:
    """From now on this process is told to end, by SIGTERM, when the one that made it is gone, even by kill -9.

    A process that `multiprocessing` did not make is left alone.
    """
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
