"""Links of an article that name no host: found in its safe HTML, and led to where their reader can follow them.

Which article such a link means is looked up by `triagem.store.links`.
"""

import html
import re
from collections.abc import Iterator, Mapping

# As the sanitiser writes tags: lower case, every value quoted, no quote inside of one.
_OPENING = re.compile(r'<(a|img)((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.IGNORECASE)
# What browsers pass over in an address: blanks and controls before it, tabs and line ends anywhere.
_PASSED_OVER = re.compile(r"^[\x00-\x20]+|[\t\n\r]")
_ADDRESS = {"a": "href", "img": "src"}


def relative_links(safe_html: str) -> list[str]:
    """The addresses that lead to no named host, each once, as they are written."""
    found = (
        address
        for tag, attributes in _tags(safe_html)
        if tag == "a" and (address := attributes.get("href")) is not None and is_relative(address)
    )
    return list(dict.fromkeys(found))


def led(safe_html: str, ways: Mapping[str, Mapping[str, str]]) -> str:
    """The same HTML with each relative link's address replaced by the attributes that `ways` has for it.

    A link that has none leads nowhere and is read as text; so are images, of which there are no files here.
    """

    def written(match: re.Match[str]) -> str:
        tag, attributes = match[1], _attributes(match[2])
        address = attributes.get(_ADDRESS[tag])
        if address is None or not is_relative(address):
            return match[0]
        del attributes[_ADDRESS[tag]]
        attributes |= ways.get(address, {}) if tag == "a" else {}
        kept = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        return f"<{tag}{kept}>"

    return _OPENING.sub(written, safe_html)


def is_relative(address: str) -> bool:
    """Whether an address names neither a scheme nor a host, as browsers read it."""
    return not _ABSOLUTE.match(_PASSED_OVER.sub("", address))


def _tags(safe_html: str) -> Iterator[tuple[str, dict[str, str]]]:
    for match in _OPENING.finditer(safe_html):
        yield match[1], _attributes(match[2])


def _attributes(written: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(written)}
