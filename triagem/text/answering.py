"""Which part of an article says what to do, and which only points elsewhere: told by headings and numbered steps.

The passage most like a question often tells the problem once more, so what it is there for counts beside likeness: in
`triagem.search.segment`.
"""

import re

from triagem.text.normalise import fold

# In cosines; how they were chosen and what they cost stands in docs/search.md.
_STEPS, _ANNOUNCED, _LAST_RESORT, _LINKS = 0.05, 0.1, -0.1, -0.5

_STEP = re.compile(r"^\s*1[.)] ", re.MULTILINE)
_ANNOUNCES = re.compile(
    r"\b(solu(c|t)|resolv|resolution|correc(ao|oes)|corrig|workaround|fix(es|ing)?\b|contorno|alternativ|"
    r"passos?\b|steps?\b|procediment|procedure|try\b|faca\b|como \w|how to\b)[^?]*$|\b(o que fazer|what to do)\b"
)
_LAST_RESORTS = re.compile(r"\b(fale com|escreva|contact|contato|ainda (nao|com)|still \w|se nada|if nothing)")
_LINKED = re.compile(r"\b((veja|leia) tambem|see also|related|relacionad|saiba mais|learn more|referenc(e|ia)s?\b)")


def leaning(heading: str, text: str) -> float:
    """How much likelier than its likeness says a passage is to answer; below zero when it only points elsewhere.

    `heading` is the path of headings above it. One that asks something itself (`Como troco o cartão?`) announces
    nothing: it answers just that.
    """
    headings = fold(heading)
    return (
        (_STEPS if _STEP.search(text) else 0.0)
        + (_ANNOUNCED if _ANNOUNCES.search(headings) else 0.0)
        + (_LAST_RESORT if _LAST_RESORTS.search(headings) else 0.0)
        + (_LINKS if _LINKED.search(headings) else 0.0)
    )
