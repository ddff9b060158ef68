"""Origins of web pages, as people write them when they bind a key to one."""

from urllib.parse import urlsplit

from triagem.errors import InvalidInput


def origin_of(given: str) -> str:
    """The origin that was meant. Raises `InvalidInput` for anything that is none."""
    try:
        parts = urlsplit(given)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise InvalidInput("An origin reads like https://help.example.com, without a path.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise InvalidInput("An origin reads like https://help.example.com, without a path.")
    return f"{parts.scheme}://{parts.hostname}{port}"
