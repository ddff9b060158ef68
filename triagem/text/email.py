"""Keeps of an e-mail what its author wrote now: no quoted history, no signature.

It works on plain text in Portuguese and English; reading MIME is the business of the connectors.
"""

import re

# "Em seg., 5 de jan. de 2026 às 10:12, Fulano <f@x.example> escreveu:", "On Mon, Jan 5, 2026 at 10:12 AM X wrote:";
# mail programs break this line in two or three.
_WROTE = re.compile(r"\b(?:escreveu|wrote)[ \t]*:[ \t]*$", re.IGNORECASE)
_WROTE_OPENING = re.compile(r"[ \t>]*(?:Em|No dia|A|On)\b", re.IGNORECASE)
_MOST_WROTE_LINES = 3
_LONGEST_WROTE = 300
_DATE_OR_ADDRESS = re.compile(r"\d{1,2}[:h]\d{2}|\d{4}|@")
_SEPARATOR = re.compile(
    r"[ \t>]*(?:-{2,}|_{2,})[ \t]*(?:mensagem (?:original|encaminhada)|original message|forwarded message"
    r"|(?:e-?mail|mensagem) anterior)[ \t]*(?:-{2,}|_{2,})[ \t]*$"
    r"|[ \t>]*(?:begin forwarded message|início da mensagem (?:re)?encaminhada)[ \t]*:[ \t]*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]*[_-]{10,}[ \t]*$")
_HEADER = re.compile(
    r"[ \t>]*\*?(?P<name>de|from|enviad[oa](?: em)?|sent|data|date|para|to|cc|c/c|assunto|subject|responder a|reply-to)"
    r"\*?[ \t]*:\*?[ \t]*\S",
    re.IGNORECASE,
)
_FIRST_HEADERS = frozenset(("de", "from"))
_SUBJECT_HEADERS = frozenset(("assunto", "subject"))
_FEWEST_HEADERS = 3
_MOST_HEADER_LINES = 8

_SIGNATURE = re.compile(r"^(?:--|—|__)[ \t]*$")
_SENT_FROM = re.compile(
    r"(?:enviad[oa] (?:do meu|da minha|a partir d[oae])\b"
    r"|enviad[oa] (?:do|da|de|pelo|via|com) (?:o )?(?:outlook|gmail|yahoo|iphone|ipad|android|samsung|galaxy|proton"
    r"|(?:e-?mail|correio) para)\b"
    r"|sent from my\b|sent (?:from|via|with) (?:outlook|gmail|yahoo|mail for|iphone|ipad|android|samsung|proton)\b"
    r"|(?:obter o|get) outlook (?:para|for)\b).{0,60}$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"(?:aviso|notice|disclaimer)?.{0,30}\b(?:esta mensagem|este e-?mail|this (?:e-?mail|message|communication))\b"
    r".{0,120}\b(?:confidencia|privilegi|destinat[áa]ri|confidential|privileged|intended)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:atenciosamente|att|at\.?te|cordialmente|com os melhores cumprimentos|melhores cumprimentos|cumprimentos"
    r"|abra[çc]os?|grat[oa](?: desde j[áa])?|respeitosamente|sauda[çc][õo]es"
    r"|(?:best|kind|warm|many)?[ ]?regards|best wishes|best|sincerely|yours (?:sincerely|faithfully|truly)|cheers)"
    r"[ \t]*[,.!]*[ \t]*$",
    re.IGNORECASE,
)
_MOST_LINES_AFTER_CLOSING = 10
_MOST_LINES_OF_DISCLAIMER = 20
_SENTENCE = re.compile(r"\?$|^\S+(?: +\S+){4,}[.!…]$")
_QUOTED = re.compile(r"[ \t]*>")


def latest_reply(text: str) -> str:
    """`text` without quoted history below it and without a signature; never empty when `text` is not.

    Careful: a lone `> quote` or `- item` in the middle of a text stays, as does a closing that a long text follows.
    """
    lines = _above_history(text.split("\n"))
    lines = _without_trailing_quote(lines)
    lines = _without_signature(lines)
    return "\n".join(lines).strip() or text.strip() or text


def _above_history(lines: list[str]) -> list[str]:
    """The lines above the first that introduces an earlier message, unless nothing would be left."""
    for number in range(_first_written(lines) + 1, len(lines)):
        if _SEPARATOR.match(lines[number]) or _begins_headers(lines, number):
            return lines[: number - 1] if _RULE.match(lines[number - 1]) and number > 1 else lines[:number]
        if _WROTE.search(lines[number]):
            start = _wrote_start(lines, number)
            if start is not None:
                return lines[:start]
    return lines


def _first_written(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), len(lines))


def _wrote_start(lines: list[str], end: int) -> int | None:
    """The line where the phrase that ends with "wrote:" on line `end` begins; None if it is no mail program's."""
    for start in range(end, max(_first_written(lines), end - _MOST_WROTE_LINES), -1):
        phrase = " ".join(lines[start : end + 1])
        if len(phrase) > _LONGEST_WROTE:
            return None
        if _WROTE_OPENING.match(lines[start]) and _DATE_OR_ADDRESS.search(phrase):
            return start
    return None


def _begins_headers(lines: list[str], number: int) -> bool:
    """Whether a block of From, Subject and one more begins here, as Outlook puts it above a quoted message."""
    header = _HEADER.match(lines[number])
    if not header or header["name"].lower() not in _FIRST_HEADERS:
        return False
    block = [_HEADER.match(line) for line in lines[number : number + _MOST_HEADER_LINES]]
    names = {match["name"].lower() for match in block if match}
    return len(names) >= _FEWEST_HEADERS and bool(names & _SUBJECT_HEADERS)


def _without_trailing_quote(lines: list[str]) -> list[str]:
    """Without the quoted lines at the end, if they are two or more and something stands above them."""
    kept = len(lines)
    while kept and (not lines[kept - 1].strip() or _QUOTED.match(lines[kept - 1])):
        kept -= 1
    quoted = sum(bool(_QUOTED.match(line)) for line in lines[kept:])
    return lines[:kept] if kept and quoted > 1 else lines


def _without_signature(lines: list[str]) -> list[str]:
    for number in _last_lines(lines, _MOST_LINES_OF_DISCLAIMER):
        if _DISCLAIMER.match(lines[number].strip()[:_LONGEST_WROTE]):
            lines = lines[:number]
            break
    for number in _last_lines(lines, _MOST_LINES_AFTER_CLOSING):
        line, below = lines[number].strip(), lines[number + 1 :]
        if _SENT_FROM.match(line) or _SIGNATURE.match(line) or (_CLOSING.match(line) and _is_signature(below)):
            return lines[:number]
    return lines


def _last_lines(lines: list[str], most: int) -> range:
    """The numbers of the lines with at most `most` written lines below, the first written line left out."""
    start, written = len(lines), 0
    while start and written <= most:
        start -= 1
        written += bool(lines[start].strip())
    return range(max(start, _first_written(lines) + 1), len(lines))


def _is_signature(lines: list[str]) -> bool:
    """Names, roles, telephones: short lines, none of which is a question or a sentence."""
    return not any(len(line) > 80 or _SENTENCE.search(line) for line in map(str.strip, lines))
