"""Personal data in texts, replaced by placeholders that stay the same, before anything is stored or encoded.

Numbers with check digits are masked only when the digits are right, so order numbers and error codes stay.
"""

import re
from collections.abc import Callable

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_CPF = re.compile(r"(?<![\w.-])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?![\w-]|\.\d)")
# Alphanumeric since July 2026: twelve letters or digits, then two check digits.
_CNPJ = re.compile(
    r"(?<![\w.-])[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?\d{2}(?![\w-]|\.\d)", re.IGNORECASE
)
_CARD = re.compile(r"(?<![\w.-])\d{4}(?:[ -]?\d{2,6}){2,4}(?![\w-]|\.\d)")
_CEP = re.compile(r"(?P<label>\bCEP\b\W{0,3})(?:\d{5}-?\d{3})\b", re.IGNORECASE)
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_PIX = re.compile(r"\b(?:pix|chave)\b", re.IGNORECASE)
_PIX_DISTANCE = 60
# +55 11 91234-5678, (11) 91234-5678, 11 91234-5678, 0800 123 4567; abroad only with a plus.
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:"
    r"\+55[ .-]?\(?\d{2}\)?[ .-]?9?\d{4}[ .-]?\d{4}"
    r"|\(0?\d{2}\)[ .-]?9?[ .]?\d{4}[ .-]?\d{4}"
    r"|0?\d{2}[ .-]9\d{4}[ .-]?\d{4}"
    r"|0?\d{2}[ ][2-5]\d{3}[ .-]\d{4}"
    r"|9\d{4}-\d{4}"
    r"|\d{2}9\d{8}"
    r"|\+(?!55)\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}"
    r")(?![\w/-]|[.,]\d)"
)
_LEAST_PHONE_DIGITS = 8


def mask(text: str) -> str:
    """The text with CPF, CNPJ, e-mail, phone and card numbers, labelled CEP and PIX keys as `[CPF]` and so on.

    Masking a masked text changes nothing.
    """
    text = _EMAIL.sub("[EMAIL]", text)
    text = _UUID.sub(_if(_near_pix, "[PIX]"), text)
    text = _CPF.sub(_if(lambda match: _is_cpf(_digits(match[0])), "[CPF]"), text)
    text = _CNPJ.sub(_if(lambda match: _is_cnpj(re.sub(r"\W", "", match[0]).upper()), "[CNPJ]"), text)
    text = _CARD.sub(_if(lambda match: _is_card(_digits(match[0])), "[CARD]"), text)
    text = _CEP.sub(r"\g<label>[CEP]", text)
    return _PHONE.sub(_if(lambda match: len(_digits(match[0])) >= _LEAST_PHONE_DIGITS, "[PHONE]"), text)


def _if(is_personal: Callable[[re.Match[str]], bool], placeholder: str) -> Callable[[re.Match[str]], str]:
    return lambda match: placeholder if is_personal(match) else match[0]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_cpf(digits: str) -> bool:
    """Modulo 11 over nine digits, twice (Receita Federal)."""
    if len(set(digits)) == 1:
        return False
    return all(
        sum(int(digit) * weight for digit, weight in zip(digits, range(length + 1, 1, -1), strict=False)) * 10 % 11 % 10
        == int(digits[length])
        for length in (9, 10)
    )


def _is_cnpj(code: str) -> bool:
    """Modulo 11 over the characters' ASCII codes less 48 (Receita Federal, Instrução Normativa 2.229/2024)."""
    if len(code) != 14 or len(set(code)) == 1:
        return False
    values = [ord(character) - 48 for character in code]
    for length in (12, 13):
        weights = [2 + (length - 1 - place) % 8 for place in range(length)]
        rest = sum(value * weight for value, weight in zip(values, weights, strict=False)) % 11
        if values[length] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def _is_card(digits: str) -> bool:
    """Luhn, ISO/IEC 7812-1, over 13 to 19 digits."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _near_pix(match: re.Match[str]) -> bool:
    around = match.string[max(0, match.start() - _PIX_DISTANCE) : match.end() + _PIX_DISTANCE]
    return _PIX.search(around) is not None
