"""In which encoding a table was saved: UTF-8, or one of the two that spreadsheets on Windows write instead.

The whole file decides. Whoever reads it says which encoding was taken where that is not UTF-8.
"""

import codecs
from enum import StrEnum
from pathlib import Path
from typing import Final

_PIECE_BYTES: Final = 8 << 20
_NEUTRAL: Final = bytes(range(0x80)) + "\N{NO-BREAK SPACE}".encode("cp1252")
# Text of western Europe is made of these; in another alphabet they stand for boxes, controls and rare signs.
_EXPECTED: Final = "".join(
    [*map(chr, range(0xC0, 0xD7)), *map(chr, range(0xD8, 0xF7)), *map(chr, range(0xF8, 0x100)), "‘’“”–—…•™ªº°«»"]
).encode("cp1252")


class Encoding(StrEnum):
    """How the characters of a file became bytes."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "windows-1252"


def encoding_of(path: Path) -> Encoding | None:
    """The encoding of a table; None where it is none of these.

    UTF-16 begins with a mark. A file in which any line is both UTF-8 and more than ASCII is UTF-8: in it a line or two
    is broken. Another is Windows-1252 if most of what is more than ASCII then are letters and quotation marks of
    western Europe, which those of MS-DOS and of old Macintosh computers are not.
    """
    beyond_ascii = unexpected = 0
    with path.open("rb") as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return Encoding.UTF_16
        stream.seek(0)
        while line := stream.readline(_PIECE_BYTES):
            if line.isascii():
                continue
            if _is_utf8(line):
                return Encoding.UTF_8
            found = line.translate(None, _NEUTRAL)
            beyond_ascii += len(found)
            unexpected += len(found.translate(None, _EXPECTED))
    if not beyond_ascii:
        return Encoding.UTF_8
    return Encoding.WINDOWS_1252 if 2 * unexpected < beyond_ascii else None


def remark(encoding: Encoding | None) -> str | None:
    """What whoever gave a file must know of how it was read; None for UTF-8."""
    if encoding in (None, Encoding.UTF_8):
        return None
    return (
        f"The file is not UTF-8 and was read as {encoding}. Where accents look wrong, save it as UTF-8 (in Excel: "
        '"CSV UTF-8") and import it again.'
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
