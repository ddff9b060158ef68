"""The one place that says which words of a passage or a ticket the encoder sees.

A change here changes every vector: raise `RECIPE`, and stored vectors are made anew.
"""

from triagem.text.normalise import digest

RECIPE = "1"


def passage_input(title: str, heading: str, text: str) -> str:
    """A passage in its context: the article's title, the headings above it, its text."""
    return "\n".join(part for part in (title, heading, text) if part)


def ticket_input(subject: str, description: str) -> str:
    """A ticket as one text; empty when it says nothing."""
    return "\n".join(part for part in (subject.strip(), description.strip()) if part)


def input_digest(text: str) -> str:
    """Under which the vector of an encoder input is kept."""
    return digest(RECIPE, text)
