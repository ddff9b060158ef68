"""An e-mail's own words: what earlier mails and signatures add is cut off.

Conservative: only what is clearly a mail's furniture goes, and never everything.
"""

import re

_DAY = r"(?:seg|ter|qua|qui|sex|s[áa]b|dom|mon|tue|wed|thu|fri|sat|sun|segunda|ter[çc]a|quarta|quinta|sexta)"
_WROTE = r"(?:escreveu|wrote|enviou|a écrit|escribió)"
# "Em seg., 5 de jan. de 2026 às 10:12, Ana <ana@x.example> escreveu:", also broken over up to three lines.
_ATTRIBUTION = re.compile(
    rf"^(?:>\s*)?(?:Em|No dia|On|El|Le)\s(?=[^\n]*(?:\d|{_DAY}))(?:[^\n]*\n){{0,2}}?[^\n]{{0,300}}{_WROTE}:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARDED = r"(?:mensagem original|original message|mensagem encaminhada|forwarded message)"
_ORIGINAL = re.compile(
    rf"^[ \t>]*(?:-{{2,}}|_{{5,}})\s*{_FORWARDED}?\s*-*\s*\n(?=(?:[^\n]*\n){{0,3}}?[ \t>]*\*?(?:De|From):)"
    rf"|^[ \t>]*-{{2,}}\s*{_FORWARDED}\s*-{{2,}}",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS = re.compile(
    r"^[ \t>]*\*?(?:De|From):\*?[^\n]+\n(?:[ \t>]*\*?(?:Enviada?(?: em)?|Sent|Data|Date|Para|To|Cc|Assunto|Subject):"
    r"\*?[^\n]*\n?){2,}",
    re.IGNORECASE | re.MULTILINE,
)
_DELIMITER = re.compile(r"^-- ?$", re.MULTILINE)
_SENT_FROM = re.compile(
    r"^(?:(?:enviado (?:do|pelo|a partir do|via)|sent from) (?:meu |my )?"
    r"(?:iphone|ipad|android|samsung|galaxy|celular|phone|outlook|yahoo|gmail|mail for)"
    r"|(?:obter o outlook para|get outlook for))\b[^\n]{0,80}$",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = re.compile(
    r"^(?:atenciosamente|att|abs|abra[çc]os?|cordialmente|grat[ao]|obrigad[ao]|sds|sauda[çc][õo]es"
    r"|(?:kind |best |warm )?regards|best|cheers|sincerely|thanks|thank you)[ \t]*[,.!]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE_LINES = 8
_SIGNATURE_LINE = 80
_QUOTED = re.compile(r"^>")


def latest_reply(text: str) -> str:
    """The words its author wrote this time. The text itself when nothing would be left."""
    starts = [match.start() for pattern in (_ATTRIBUTION, _ORIGINAL, _HEADERS) for match in pattern.finditer(text)]
    own = text[: min(starts)] if starts else text
    if starts and not own.strip():
        # The answer stands below the mail it quotes.
        own = _below_quotes(text)
    own = _without_signature(_without_quotes_at_end(own)).strip()
    return own or text


def _below_quotes(text: str) -> str:
    lines = text.split("\n")
    quoted = [number for number, line in enumerate(lines) if _QUOTED.match(line)]
    return "\n".join(lines[quoted[-1] + 1 :]) if quoted else text


def _without_quotes_at_end(text: str) -> str:
    lines = text.rstrip().split("\n")
    end = len(lines)
    while end and (_QUOTED.match(lines[end - 1]) or not lines[end - 1].strip()):
        end -= 1
    return "\n".join(lines[:end])


def _without_signature(text: str) -> str:
    for pattern in (_DELIMITER, _SENT_FROM):
        match = pattern.search(text)
        if match and text[: match.start()].strip():
            text = text[: match.start()]
    for match in _CLOSING.finditer(text):
        rest = [line for line in text[match.end() :].split("\n") if line.strip()]
        if len(rest) <= _SIGNATURE_LINES and all(len(line) <= _SIGNATURE_LINE for line in rest):
            before = text[: match.start()]
            return before if before.strip() else text
    return text
