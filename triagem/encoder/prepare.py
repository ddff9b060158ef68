"""Bounds a text before a tokenizer sees it: length, unbroken runs, code points that no tokenizer takes.

The limits are part of an encoder's digest; what the words mean is left to the encoder.
"""

import re

CHARACTERS_PER_TOKEN = 12
LONGEST_RUN = 100
_RUN = re.compile(rf"(\S{{{LONGEST_RUN}}})(?=\S)")


def prepare(text: str, *, max_tokens: int) -> str:
    """One line of at most `max_tokens * 12` characters, no run without a space longer than 100.

    A tokenizer's memory grows with the longest run and with the text, whatever its own truncation says.
    Twelve characters a token is thrice what Portuguese needs, so no ordinary text loses words that would count.
    """
    limit = max_tokens * CHARACTERS_PER_TOKEN
    if len(text) > 2 * limit:  # bounds the work on white space too
        text = text[: 2 * limit]
    line = " ".join(text.split())[:limit]
    if len(line) > LONGEST_RUN:
        line = _RUN.sub(r"\1 ", line)
    return line.encode("utf-8", "replace").decode("utf-8")
