"""What gives a label away in the text of a ticket: lines, signatures, ids and pairs that stand under one label alone.

Whoever writes them has decided already, and a new ticket will not have them; listing them is left to `training.audit`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from training.dataset import Example
from triagem.text.normalise import fold
from triagem.types import TicketField

# It gives the label away when it stands in so many tickets and so nearly always under one label,
_TICKETS, _SHARE = 5, 0.95
# in fewer where it is a pair whose value is the label's own name,
_OWN_NAME = 3
# and if that would not befall so many tickets of any kind: where one label has nearly all, everything is under it.
_BY_CHANCE = 0.01
# Shorter lines are ordinary words, but for those a ticket of several lines ends with.
_LINE_WORDS, _SIGNATURE_WORDS, _SIGNATURE_LINES = 4, 2, 3
# The beginning tells a line from others; paragraphs without a break are long.
_LINE_CHARS = 200
_WORDS, _DIGITS = re.compile(r"\w+"), re.compile(r"\d+")
_ID, _LONG_NUMBER = re.compile(r"\b([a-z]{2,10})[-_/#]?\d{3,}\b"), re.compile(r"\d{3}")
# A number that hardly comes twice is of the ticket; one that does, such as an error's, is of its matter.
_NUMBERS_ONCE = 0.8
# `queue=app_mobile; ...` or `category: privacy`; the key is looked for behind its sign, which is rare. No key is as
# short as the `re:` of a reply.
_SIGN = re.compile(r" ?([=:]) ?(?=(\w[^;,|&\n]{0,99}))")
_KEY, _KEY_CHARS = re.compile(r"\b[a-z][\w-]{2,29}$"), 31
_NAME_WORDS = re.compile(r"[^\W_]+")
# After a colon people also write sentences: more words than these are no value.
_VALUE_WORDS = 3
_NAMED = 3
# More of them in one field say nothing new.
MOST_LISTED = 50


class LeakKind(StrEnum):
    """What it is that gives a label away; a signature is a line."""

    LINE = "line"
    ID = "id"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Leak:
    """What stands in tickets of one label: a line's words, the letters of an id (`fin-0000`), a pair (`queue: app`).

    `ticket_ids` are a few of the `tickets`.
    """

    kind: LeakKind
    line: str
    label: str
    tickets: int
    ticket_ids: tuple[str, ...]


def without_words(leak: Leak) -> dict[str, Any]:
    """What may be kept of it: a line and a value may be words of a person, whose tickets may be erased one day.

    `key` is a pair's key or an id's letters, and empty for a line.
    """
    record = asdict(leak)
    line = record.pop("line")
    return {**record, "key": "" if leak.kind is LeakKind.LINE else line.partition(":")[0]}


_Marks = Mapping[tuple[LeakKind, str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Where a pair stands: the words of its value, none if they are too many, and all up to the line's end or a `;`.

    A label's name is looked for among the first words, no fewer than `least`.
    """

    at: int
    key: str
    value: tuple[str, ...]
    rest: tuple[str, ...]
    least: int


def leaks(every: Sequence[Example]) -> dict[TicketField, list[Leak]]:
    """What gives a label of each field away, the commonest first."""
    folded = [fold(one.text) for one in every]
    always = {**_lines(folded), **_ids(folded)}
    pairs = [pair for at, text in enumerate(folded) for pair in _pairs(at, text)]
    return {field: _leaks(every, field, always, pairs) for field in TicketField}


def _leaks(every: Sequence[Example], field: TicketField, always: _Marks, pairs: Sequence[_Pair]) -> list[Leak]:
    labels = [one.labels.get(field) for one in every]
    sizes = Counter(label for label in labels if label is not None)
    names = {tuple(_NAME_WORDS.findall(fold(label))): label for label in sizes}
    found: list[Leak] = []
    for (kind, line), places in [*_by_value(pairs, names).items(), *always.items()]:
        if len(places) < _OWN_NAME:
            continue
        under = Counter(label for at in places if (label := labels[at]) is not None)
        [(label, count)] = under.most_common(1) or [("", 0)]
        own = kind is LeakKind.PAIR and names.get(tuple(_NAME_WORDS.findall(line.partition(":")[2]))) == label
        if count < (_OWN_NAME if own else _TICKETS) or count < _SHARE * under.total():
            continue
        if (sizes[label] / sizes.total()) ** count <= _BY_CHANCE:
            ids = tuple(every[at].id for at in places if labels[at] == label)
            found.append(Leak(kind, line, label, count, ids[:_NAMED]))
    told = {tuple(_NAME_WORDS.findall(one.line)) for one in found if one.kind is LeakKind.PAIR}
    alone = [one for one in found if one.kind is not LeakKind.LINE or tuple(_NAME_WORDS.findall(one.line)) not in told]
    return sorted(alone, key=lambda one: (-one.tickets, one.line))


def _lines(folded: Sequence[str]) -> _Marks:
    """The lines that are long enough, as words, those at the end sooner; the tickets in which each stands."""
    standing: dict[tuple[LeakKind, str], list[int]] = defaultdict(list)
    for at, text in enumerate(folded):
        zeroed = (_DIGITS.sub("0", line[:_LINE_CHARS]) for line in text.splitlines())
        lines = [words for line in zeroed if (words := _WORDS.findall(line))]
        ending = max(1, len(lines) - _SIGNATURE_LINES)
        enough = (
            words
            for number, words in enumerate(lines)
            if len(words) >= (_LINE_WORDS if number < ending else _SIGNATURE_WORDS)
        )
        for line in {" ".join(words) for words in enough}:
            standing[LeakKind.LINE, line].append(at)
    return standing


def _ids(folded: Sequence[str]) -> _Marks:
    """The tickets that carry an id of the same letters, where nearly each has a number of its own."""
    carrying: dict[str, list[int]] = defaultdict(list)
    numbers: dict[str, set[str]] = defaultdict(set)
    for at, text in enumerate(folded):
        if not _LONG_NUMBER.search(text):
            continue  # letters are everywhere: looking at each takes ten times as long
        for letters, whole in {match.group(1): match.group() for match in _ID.finditer(text)}.items():
            carrying[letters].append(at)
            numbers[letters].add(whole)
    return {
        (LeakKind.ID, f"{letters}-0000"): places
        for letters, places in carrying.items()
        if len(numbers[letters]) >= _NUMBERS_ONCE * len(places)
    }


def _pairs(at: int, text: str) -> Iterator[_Pair]:
    for match in _SIGN.finditer(text):
        key = _KEY.search(text[max(0, match.start() - _KEY_CHARS) : match.start()])
        if key is None:
            continue
        sign, rest = match.groups()
        words = tuple(_NAME_WORDS.findall(rest))
        value = tuple(_NAME_WORDS.findall(rest.split()[0])) if sign == "=" else words
        yield _Pair(
            at, key.group(), value if len(value) <= _VALUE_WORDS else (), words, len(value) if sign == "=" else 1
        )


def _by_value(pairs: Sequence[_Pair], names: Mapping[tuple[str, ...], str]) -> _Marks:
    """The tickets of each pair; after a colon a value that begins with a label's name is that, whatever follows."""
    longest = max((len(name) for name in names), default=0)
    standing: dict[tuple[LeakKind, str], dict[int, None]] = defaultdict(dict)
    for pair in pairs:
        begun = (pair.rest[:length] for length in range(longest, pair.least - 1, -1))
        value = next((words for words in begun if words in names), pair.value)
        if value:
            standing[LeakKind.PAIR, f"{pair.key}: {' '.join(value)}"][pair.at] = None
    return {mark: list(places) for mark, places in standing.items()}
