"""Puts a text into the one form in which it is stored, compared and hashed.

Languages, tokens and Markdown are the business of the modules beside this one.
"""

import hashlib
import re
import unicodedata

from triagem.errors import InvalidInput

# What takes no room on a screen: controls, soft hyphens, joiners, direction and variation marks, tags, Hangul fillers.
# Arabic number signs are format characters too, but visible: they stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{2,}|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_EMPTY_LINES = re.compile("\n{3,}")

# Letters that Unicode does not take apart into a letter and a mark.
_SPECIAL_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n"}
)


def clean(text: str) -> str:
    """The same words in NFC with plain spaces and line ends and nothing invisible; cleaning twice changes nothing.

    Runs of spaces become one, line ends become a newline, at most two in a row; tabs inside a line stay.
    """
    text = _LINE_ENDS.sub("\n", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    elif not text.isprintable():
        text = _INVISIBLE.sub("", text)
    text = _SPACES.sub(" ", text)
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", text).strip(" \t\n")


def one_form(text: str) -> str:
    """An id or a tag as it is stored: in NFC, without space around it, so that two that look alike are one."""
    return unicodedata.normalize("NFC", text).strip()


def fold(text: str) -> str:
    """`text` in lower case without accents, for comparing words: `Configuração` and `CONFIGURACAO` fold alike.

    Compatibility forms become plain letters (`ﬁ` -> `fi`, `1º` -> `1o`, `ß` -> `ss`), so lengths may change.
    """
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in lowered if not unicodedata.combining(char)).translate(_SPECIAL_LETTERS)


def refuse_unstorable(text: str, name: str) -> None:
    """Raises `InvalidInput` naming the field, never its content, when a database or UTF-8 could not hold `text`."""
    if "\x00" in text:
        raise InvalidInput(f"{name} contains a NUL character; remove it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} contains half of a surrogate pair; send valid Unicode.") from None


def digest(*parts: str) -> str:
    """SHA-256 in hex of the parts with their lengths, so that ("ab", "c") and ("a", "bc") differ."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass")
        sha.update(b"%d:" % len(data))
        sha.update(data)
    return sha.hexdigest()
