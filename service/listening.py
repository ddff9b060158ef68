"""Whether the service could listen where it is told to, found out before anything else is done.

The socket itself is uvicorn's matter.
"""

import errno
import socket

from triagem.errors import Conflict

_REASONS = {
    errno.EADDRINUSE: "is in use, perhaps by a Triagem that runs already. Stop that, or choose another with --port.",
    errno.EACCES: "needs rights that this user lacks. Choose one above 1023 with --port.",
    errno.EADDRNOTAVAIL: "cannot be listened on: the address is none of this machine's. Choose another with --host.",
}


def require_free(host: str, port: int) -> None:
    """Raises `Conflict` with what to do when nothing can listen at `port` of `host`; 0 is always free."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise Conflict(f"'{host}' is no address of this machine. Choose another with --host.") from None
    for family, kind, protocol, _, address in addresses:
        with socket.socket(family, kind, protocol) as probe:
            # As uvicorn does it: connections of a service that has just ended are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                reason = _REASONS.get(error.errno or 0, f"cannot be listened on: {error.strerror}.")
                raise Conflict(f"Port {port} of {host} {reason}") from None
