"""What gives a label away in the text of a ticket: lines, signatures and ids that stand under one label alone.

Whoever writes them has decided already, and a new ticket will not have them; listing them is left to `training.audit`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.dataset import Example
from training.duplicates import same_words
from triagem.text.normalise import fold
from triagem.types import TicketField

# It gives the label away when it stands in so many tickets and so nearly always under one label,
_TICKETS, _SHARE = 5, 0.95
# and if that would not befall so many tickets of any kind: where one label has nearly all, everything is under it.
_BY_CHANCE = 0.01
# Shorter lines are ordinary words, but for those a ticket of several lines ends with.
_LINE_WORDS, _SIGNATURE_WORDS, _SIGNATURE_LINES = 4, 2, 3
_ID = re.compile(r"\b([a-z]{2,10})[-_/#]?\d{3,}\b")
# A number that hardly comes twice is of the ticket; one that does, such as an error's, is of its matter.
_NUMBERS_ONCE = 0.8


@dataclass(frozen=True, slots=True)
class Template:
    """A line, a signature or the letters of an id (`fin-0000`) that stands in tickets of one label."""

    line: str
    label: str
    tickets: int


def templates(every: Sequence[Example], field: TicketField) -> list[Template]:
    """What gives a label of the field away, the commonest first."""
    labelled = [one for one in every if field in one.labels]
    sizes = Counter(one.labels[field] for one in labelled)
    under: dict[str, Counter[str]] = defaultdict(Counter)
    for one in labelled:
        for line in set(_lines(one.text)):
            under[line][one.labels[field]] += 1
    for letters, found in _ids(labelled).items():
        under[letters].update(one.labels[field] for one in found)
    leaks = []
    for line, labels in under.items():
        [(label, count)] = labels.most_common(1)
        is_telling = (sizes[label] / len(labelled)) ** count <= _BY_CHANCE
        if count >= _TICKETS and count >= _SHARE * labels.total() and is_telling:
            leaks.append(Template(line, label, count))
    return sorted(leaks, key=lambda one: (-one.tickets, one.line))


def _lines(text: str) -> Iterator[str]:
    """The lines that are long enough, as words, those at the end sooner."""
    lines = [words for line in text.splitlines() if (words := same_words(line))]
    ending = max(1, len(lines) - _SIGNATURE_LINES)
    for at, words in enumerate(lines):
        if len(words) >= (_LINE_WORDS if at < ending else _SIGNATURE_WORDS):
            yield " ".join(words)


def _ids(labelled: Sequence[Example]) -> dict[str, list[Example]]:
    """The tickets that carry an id of the same letters, where nearly each has a number of its own."""
    carrying: dict[str, list[Example]] = defaultdict(list)
    numbers: dict[str, set[str]] = defaultdict(set)
    for one in labelled:
        ids = {match.group(1): match.group() for match in _ID.finditer(fold(one.text))}
        for letters, whole in ids.items():
            carrying[letters].append(one)
            numbers[letters].add(whole)
    return {
        f"{letters}-0000": found
        for letters, found in carrying.items()
        if len(numbers[letters]) >= _NUMBERS_ONCE * len(found)
    }
