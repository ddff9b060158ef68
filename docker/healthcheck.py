"""Exits with 0 when the service in this container says that it is ready, else with 1 and the reason."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """Asks `/readyz` on loopback, at the port that the service reads too."""
    address = f"http://127.0.0.1:{os.environ.get('TRIAGEM_PORT', '8080')}/readyz"
    try:
        with urllib.request.urlopen(address, timeout=3) as answer:
            print(answer.read(2000).decode(errors="replace"))
            return 0
    except urllib.error.HTTPError as refusal:
        print(refusal.read(2000).decode(errors="replace"))
    except OSError as error:
        print(f"No answer from {address}: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
