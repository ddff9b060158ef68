"""Words that mean the same, from files: a question asks for them beside its own, so no index needs to know them.

How a text is taken apart stands in `triagem.text.tokens`, how alternatives are scored in `triagem.search.alternatives`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from triagem.errors import InvalidInput
from triagem.text.tokens import analyse, located

SHIPPED = Path(__file__).with_name("synonyms.txt")
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms of a question (`of`) and those of every other way to say the same."""

    of: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as terms, and what may stand for some of them."""

    terms: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()

    @property
    def every_term(self) -> frozenset[str]:
        return frozenset(self.terms).union(*(other for one in self.alternatives for other in one.others))


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Ways to say things by the stems of their words: each with the terms of all others that mean the same.

    `longest` is the number of words of the longest way.
    """

    others: Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]
    longest: int

    def ask(self, question: str) -> Asked:
        """The question's terms; of several ways that begin at a word the longest one counts, and each way once."""
        words = [terms for _, _, terms in located(question)]
        found: dict[tuple[str, ...], dict[str, None]] = {}
        start = 0
        while start < len(words):
            for stop in range(min(start + self.longest, len(words)), start, -1):
                key = tuple(terms[0] for terms in words[start:stop])
                if key in self.others:
                    found.setdefault(key, {}).update(dict.fromkeys(chain.from_iterable(words[start:stop])))
                    break
            else:
                stop = start + 1
            start = stop
        alternatives = tuple(Alternative(tuple(terms), self.others[key]) for key, terms in found.items())
        return Asked(tuple(analyse(question)), alternatives)


@dataclass(frozen=True, slots=True)
class DeskSynonyms:
    """The synonyms of every desk: those of its `own` if it has any, else the `shared` ones. Each hold the shipped."""

    shared: Synonyms
    own: Mapping[str, Synonyms] = field(default_factory=dict)

    def of(self, desk: str) -> Synonyms:
        return self.own.get(desk, self.shared)


def read_desk_synonyms(path: Path | None = None) -> DeskSynonyms:
    """Of a file the synonyms of every desk, of a folder those of each desk for which it holds a `<desk>.txt`.

    Hidden files are left alone: editors and volumes keep theirs there. Raises `InvalidInput` as `read_synonyms` does.
    """
    if path is None:
        return DeskSynonyms(shipped())
    try:
        files = sorted(file for file in path.iterdir() if file.suffix == ".txt" and not file.name.startswith("."))
    except NotADirectoryError:
        return DeskSynonyms(read_synonyms(path))
    except OSError as error:
        raise _unreadable(path, error) from error
    return DeskSynonyms(shipped(), {file.stem: read_synonyms(file) for file in files})


def read_synonyms(own: Path | None = None) -> Synonyms:
    """The shipped synonyms, and those of a file. Raises `InvalidInput` that names the first line that cannot be meant.

    A line such as `a = b, c` says that all three mean the same, each of one to eight words; `#` begins a remark.
    """
    lines = list(_lines(SHIPPED))
    if own is not None:
        lines += _lines(own)
    others: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for ways in lines:
        for key, way in ways.items():
            rest = {said: None for other, said in ways.items() if other != key and said != way}
            others.setdefault(key, {}).update(rest)
    return Synonyms(
        {key: tuple(rest) for key, rest in others.items() if rest}, max((len(key) for key in others), default=0)
    )


@cache
def shipped() -> Synonyms:
    """Those that come with Triagem: European and Brazilian words for the same thing."""
    return read_synonyms()


def _lines(path: Path) -> Iterable[dict[tuple[str, ...], tuple[str, ...]]]:
    """Of each line its ways to say the same: the stems of the words, and all terms."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is not UTF-8 text.") from error
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if said:
            yield _ways(said, f"{path.name}, line {number}")


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"The synonyms in {path} cannot be read: {error.strerror}.")


def _ways(line: str, where: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    first, equals, rest = line.partition("=")
    if not equals or "=" in rest:
        raise InvalidInput(f"{where}: write one line as: word = another word, a third")
    written = [first, *rest.split(",")]
    return {_key(way, where): tuple(analyse(way)) for way in written}


def _key(way: str, where: str) -> tuple[str, ...]:
    key: Sequence[str] = [terms[0] for _, _, terms in located(way)]
    if not way.strip():
        raise InvalidInput(f"{where}: something is missing beside '=' or between two commas.")
    if not key:
        raise InvalidInput(f"{where}: '{way.strip()}' has no word that search counts.")
    if len(key) > _MOST_WORDS:
        raise InvalidInput(f"{where}: '{way.strip()}' has more than {_MOST_WORDS} words.")
    return tuple(key)
