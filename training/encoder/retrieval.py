"""Stage 2: a heading finds its text, a question its answer and a wording the others, within and across languages.

Negatives are the rest of the batch, often of the same product. The teacher's vectors anchor it, so that English stays.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch

from training.encoder.data import Answered, Pair, Section
from training.encoder.distil import Lesson
from training.encoder.noise import noisy
from training.encoder.student import Student

_SCALE = 20.0
_EVERYDAY_WEIGHT = 0.5
_ANCHOR_WEIGHT = 1.0
_ONE_PRODUCT_SHARE = 0.5
_ANSWERS_SHARE = 0.5  # of the steps: a question and its answer instead of sections
_NEIGHBOURS_SHARE = 0.5  # of the batches of needs
_NOISY_SHARE = 0.2
_LONGEST_TEXT = 400  # characters: what a batch on two cores affords

_Need = TypeVar("_Need")


@dataclass(frozen=True, slots=True)
class Page:
    """A page's sections by language; sections of the same place are each other's translation when counts agree."""

    source: str
    sections: dict[str, list[Section]]


def pages(sections: Sequence[Section]) -> list[Page]:
    """The pages that have text, in the order first seen."""
    by_page: dict[str, dict[str, list[Section]]] = defaultdict(lambda: defaultdict(list))
    for section in sections:
        by_page[section.page][section.language].append(section)
    return [Page(name.split("/")[0], dict(languages)) for name, languages in by_page.items()]


def retrieving(
    student: Student, known: Sequence[Page], lesson: Lesson, *, batch_size: int, seed: str
) -> Callable[[int], torch.Tensor]:
    """The loss of each step: sections or answered questions, wordings and anchors, each in its own batch."""
    by_source: dict[str, list[Page]] = defaultdict(list)
    for page in known:
        by_source[page.source].append(page)
    large = sorted(source for source, members in by_source.items() if len(members) >= batch_size)
    said_alike = _said_alike([pair for pair in lesson.everyday if " " in pair.pt])

    def loss_at(step: int) -> torch.Tensor:
        draw = random.Random(f"{seed}/{step}")
        if lesson.answers and draw.random() < _ANSWERS_SHARE:
            needs = _some(lesson.answers, batch_size, draw)
            loss = contrast(student, [question_and_answer(need, draw) for need in needs])
        else:
            one_product = large and draw.random() < _ONE_PRODUCT_SHARE
            members = by_source[draw.choice(large)] if one_product else known
            chosen = draw.sample(members, min(batch_size, len(members)))
            loss = contrast(student, [query_and_text(page, draw) for page in chosen])
        groups = draw.sample(said_alike, min(batch_size, len(said_alike)))
        groups += _some(lesson.wordings, batch_size, draw)
        if groups:
            loss = loss + _EVERYDAY_WEIGHT * contrast(student, [_two(group, draw) for group in groups])
        return loss + _ANCHOR_WEIGHT * _anchors(student, lesson, batch_size, draw)

    return loss_at


def contrast(student: Student, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
    """Cross-entropy, both ways, of finding each text's partner among the batch's."""
    left = student([query for query, _ in pairs])
    right = student([text for _, text in pairs])
    likeness = left @ right.T * _SCALE
    own = torch.arange(len(pairs))
    return (torch.nn.functional.cross_entropy(likeness, own) + torch.nn.functional.cross_entropy(likeness.T, own)) / 2


def query_and_text(page: Page, draw: random.Random) -> tuple[str, str]:
    """A query and the text it should find, of one page; in two languages about every second time."""
    languages = sorted(page.sections)
    asked = draw.choice(languages)
    answered = draw.choice(languages)
    if len(page.sections[asked]) != len(page.sections[answered]):
        answered = asked
    place = draw.randrange(len(page.sections[asked]))
    question, answer = page.sections[asked][place], page.sections[answered][place]
    text = answer.text[:_LONGEST_TEXT]
    kind = draw.random()
    sentences = [sentence for sentence in question.text.split(". ") if len(sentence) > 30]
    if kind < 0.35 and len(sentences) > 1:  # a sentence finds its surroundings
        at = draw.randrange(len(sentences))
        query = sentences[at][:_LONGEST_TEXT]
        if asked == answered:
            text = ". ".join(sentences[:at] + sentences[at + 1 :])[:_LONGEST_TEXT]
        return query, f"{answer.title}. {text}" if draw.random() < 0.5 else text
    if kind < 0.6 and len(question.heading.split()) > 2:
        return question.heading, text
    return f"{question.title}: {question.heading}" if question.heading != question.title else question.title, text


def _some(needs: Sequence[_Need], count: int, draw: random.Random) -> Sequence[_Need]:
    """Needs of any kind, or neighbours: of a few themes that stand together, told apart by a close reading only."""
    count = min(count, len(needs))
    if count and draw.random() < _NEIGHBOURS_SHARE:
        first = draw.randrange(len(needs) - count + 1)
        return needs[first : first + count]
    return draw.sample(needs, count)


def question_and_answer(need: Answered, draw: random.Random) -> tuple[str, str]:
    """One of the questions, sometimes as it is typed in haste, and the answer in one of the languages."""
    question = draw.choice(need.questions)
    return noisy(question, draw) if draw.random() < _NOISY_SHARE else question, draw.choice(need.answers)


def _said_alike(everyday: Sequence[Pair]) -> list[tuple[str, ...]]:
    """All Portuguese sentences of an English one, and itself."""
    by_english: dict[str, list[str]] = defaultdict(list)
    for pair in everyday:
        by_english[pair.en].append(pair.pt)
    return [(english, *portuguese) for english, portuguese in by_english.items()]


def _two(group: tuple[str, ...], draw: random.Random) -> tuple[str, str]:
    first, second = draw.sample(group, 2)
    return first, second


def _anchors(student: Student, lesson: Lesson, count: int, draw: random.Random) -> torch.Tensor:
    """1 - cosine to the teacher's English vectors: sentences, our own, sections; each language every second time."""
    sources = [
        (lesson.product, lesson.product_vectors, count // 2),
        (lesson.everyday, lesson.everyday_vectors, count // 2),
        (lesson.long, lesson.long_vectors, count // 4),
    ]
    losses = []
    for pairs, vectors, wanted in sources:
        rows = [draw.randrange(len(pairs)) for _ in range(wanted)] if pairs else []
        texts = [pairs[row].en if place % 2 else pairs[row].pt for place, row in enumerate(rows)]
        if texts:
            targets = torch.from_numpy(vectors[np.array(rows)].astype(np.float32))
            losses.append((1 - (student(texts) * targets).sum(dim=1)).mean())
    return torch.stack(losses).mean()
