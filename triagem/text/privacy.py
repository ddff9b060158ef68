"""Replaces what identifies a person by stable placeholders, before a text is stored or embedded.

Patterns and check digits only: names and addresses in prose are not found, and no promise is made about them.
"""

import re
from collections.abc import Callable

# A number does not continue a longer one, nor (where it is bare) a code.
_START = r"(?<![0-9])(?<![0-9][-./])"
_START_OF_BARE = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][-./_])"
_END = r"(?![0-9A-Za-z])(?![-./]?[0-9])"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,5}")
_CNPJ = re.compile(
    rf"{_START_OF_BARE}[0-9A-Z]{{2}}\.[0-9A-Z]{{3}}\.[0-9A-Z]{{3}}/[0-9A-Z]{{4}}-[0-9]{{2}}{_END}"
    rf"|{_START_OF_BARE}(?:[0-9A-Z]{{12}}|[0-9A-Z]{{8}}/[0-9A-Z]{{4}}-?)[0-9]{{2}}{_END}",
    re.IGNORECASE | re.ASCII,
)
_CPF = re.compile(
    rf"{_START}[0-9]{{3}}[. ][0-9]{{3}}[. ][0-9]{{3}}[-. /][0-9]{{2}}{_END}"
    rf"|{_START_OF_BARE}[0-9]{{9}}-?[0-9]{{2}}{_END}"
)
_CARD = re.compile(rf"{_START_OF_BARE}[2-6](?:[ -]?[0-9]){{12,18}}{_END}")
_CEP = re.compile(
    rf"(?P<label>(?<!\[)\bCEP\b[^0-9\n\[]{{0,12}})[0-9]{{2}}\.?[0-9]{{3}}[- ]?[0-9]{{3}}{_END}", re.IGNORECASE
)

_AREA = r"(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
_PHONES = (
    # +55 11 98765-4321, +351 912 345 678
    re.compile(rf"(?<![0-9A-Za-z+])\+[1-9](?:[ .-]?\(?[0-9]\)?){{7,14}}{_END}"),
    # (11) 98765-4321, (011) 4000-0000
    re.compile(rf"(?<![0-9A-Za-z])(?:55 ?)?\(0?{_AREA}\) ?(?:9[ .]?)?[0-9]{{4}}[-. ]?[0-9]{{4}}{_END}"),
    # 11 98765-4321, 11 98765 4321, 11-4000-0000
    re.compile(rf"{_START_OF_BARE}(?:55 )?0?{_AREA}[ -](?:9[0-9]{{4}}[-. ]|[2-5][0-9]{{3}}-)[0-9]{{4}}{_END}"),
    # 98765-4321
    re.compile(rf"{_START_OF_BARE}9[0-9]{{4}}-[0-9]{{4}}{_END}"),
    # (555) 123-4567, 555-123-4567
    re.compile(rf"(?<![0-9A-Za-z])\([2-9][0-9]{{2}}\) ?[0-9]{{3}}[-. ][0-9]{{4}}{_END}"),
    re.compile(rf"{_START_OF_BARE}(?:1-)?[2-9][0-9]{{2}}-[2-9][0-9]{{2}}-[0-9]{{4}}{_END}"),
)
_LABELLED_PHONE = re.compile(
    r"(?P<label>(?<!\[)\b(?:tel(?:efones?)?|fone|cel(?:ular)?|telem[óo]vel|whats(?:app)?|zap|contato|contacto|phone|mobile|cell)\b"
    rf"[^0-9\n\[]{{0,15}})(?:[0-9(][ .()-]{{0,2}}){{7,12}}[0-9]{_END}",
    re.IGNORECASE,
)
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])"
_PIX = re.compile(
    rf"(?P<label>(?<!\[)\b(?:pix|chave)\b[^\n\[]{{0,40}}?)(?<![0-9a-f-]){_UUID}|(?<![0-9a-f-]){_UUID}(?=[^\n\[]{{0,20}}\b(?:pix|chave)\b)",
    re.IGNORECASE,
)

# Visa, Mastercard, American Express, Diners, Discover, JCB, Elo, Hipercard: first digits and how many there are.
_CARD_NUMBER = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[0-9]{15}|2[2-7][0-9]{14}|3[47][0-9]{13}|3(?:0[0-5]|6|8)[0-9]{11,12}"
    r"|35[0-9]{14}|6[0-9]{15}"
)
# What every number but a CNPJ holds: eight digits (or brackets of a telephone number), at most three of what may
# separate them in between. One look for it saves most lines ten; a CNPJ ends in two digits, a PIX key has four hyphens.
_LONG_NUMBER = re.compile(r"[0-9(](?:[ .)-]{0,3}[0-9(]){7}")
_TWO_DIGITS = re.compile(r"[0-9]{2}")
_HYPHENS_OF_UUID = 4
# A number that touches another one is seen once the other is masked.
_MOST_ROUNDS = 8
_CNPJ_WEIGHTS = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_NOT_ALPHANUMERIC = re.compile("[^0-9A-Za-z]")


def mask(text: str) -> str:
    """`text` with `[EMAIL]`, `[CPF]`, `[CNPJ]`, `[CARD]`, `[CEP]`, `[PHONE]` and `[PIX]` for what they name.

    CPF, CNPJ (also with letters, as issued since July 2026) and cards are recognised by their check digits; a CEP and a
    bare telephone number by a label before them, a random PIX key by the word pix or chave nearby. Codes, order
    numbers, versions, dates, network addresses and amounts stay. Masking twice changes nothing.
    """
    if "@" in text:
        text = _EMAIL.sub("[EMAIL]", text)
    return "\n".join(map(_mask_line, text.split("\n")))


def _mask_line(line: str) -> str:
    """No number goes on in the next line, so each is looked at by itself."""
    for _ in range(_MOST_ROUNDS):
        masked = _mask_numbers(line)
        if masked == line:
            break
        line = masked
    return line


def _mask_numbers(line: str) -> str:
    if _TWO_DIGITS.search(line):
        line = _CNPJ.sub(_replace_if(_is_cnpj, "[CNPJ]"), line)
    if _LONG_NUMBER.search(line):
        line = _CPF.sub(_replace_if(_is_cpf, "[CPF]"), line)
        line = _CARD.sub(_replace_if(_is_card, "[CARD]"), line)
        line = _CEP.sub(r"\g<label>[CEP]", line)
        for pattern in _PHONES:
            line = pattern.sub("[PHONE]", line)
        line = _LABELLED_PHONE.sub(r"\g<label>[PHONE]", line)
    if line.count("-") >= _HYPHENS_OF_UUID:
        line = _PIX.sub(lambda match: (match["label"] or "") + "[PIX]", line)
    return line


def _replace_if(is_valid: Callable[[str], bool], placeholder: str) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        return placeholder if is_valid(_NOT_ALPHANUMERIC.sub("", match[0])) else match[0]

    return replace


def _is_cpf(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    first = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    second = sum(int(digit) * weight for digit, weight in zip(digits[:10], range(11, 1, -1), strict=True))
    return digits[9:] == f"{first * 10 % 11 % 10}{second * 10 % 11 % 10}"


def _is_cnpj(characters: str) -> bool:
    """By the rule of Receita Federal's IN 2.229/2024: a character counts as its ASCII code less 48, modulo 11."""
    if len(set(characters)) == 1:
        return False
    values = [ord(character) - 48 for character in characters.upper()]
    first = _modulo_11(values[:12], _CNPJ_WEIGHTS[1:])
    return values[12] == first and values[13] == _modulo_11(values[:13], _CNPJ_WEIGHTS)


def _modulo_11(values: list[int], weights: tuple[int, ...]) -> int:
    rest = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def _is_card(digits: str) -> bool:
    """A known issuer's first digits and length, and the Luhn check digit."""
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    total = doubled + sum(int(digit) for digit in digits[-1::-2])
    return total % 10 == 0 and len(set(digits)) > 1 and _CARD_NUMBER.fullmatch(digits) is not None
