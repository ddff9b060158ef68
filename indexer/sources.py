"""Files and folders as articles: which files there are, which changed, what each one says of itself."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder, moment, proven_order
from triagem.search.ingest import READER
from triagem.search.records import ARTICLE_BYTES, choice, identifier, language_of, strings, web_address
from triagem.store.articles import Known
from triagem.text.frontmatter import split_front_matter
from triagem.text.normalise import clean, digest, one_form, refuse_unstorable
from triagem.types import Article, ArticleKind, Audience, BodyFormat, Language

FORMATS = {
    ".md": BodyFormat.MARKDOWN,
    ".markdown": BodyFormat.MARKDOWN,
    ".html": BodyFormat.HTML,
    ".htm": BodyFormat.HTML,
}
# Longer than front matter may be.
_HEAD_BYTES = 32 * 1024
LEADS_OUT = "It is a link to a file outside the folder; put the file itself here."
_DATED = b"updated_at"
_YEAR_LAST = re.compile(rb"updated_at[\"']?\s*:\s*[\"']?\d{1,2}[/.-]")


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read that do not say it themselves: their language, the order of 05/04/2026, the zone of dates."""

    language: Language
    dates: DateOrder | None
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: its path, and `origin`, the same relative to its source."""

    path: Path
    origin: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is not stored as it is now: its bytes, and the digest to store with them."""

    origin: str
    suffix: str
    raw: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Source:
    """A folder, or one file of a folder. Only a whole folder tells which articles are gone.

    `refused` pairs files that are not read with the reason.
    """

    name: str
    root: Path
    files: tuple[SourceFile, ...]
    refused: tuple[tuple[str, str], ...]
    whole: bool


def open_source(path: Path, *, name: str | None) -> Source:
    """The article files below `path`, sorted. Raises `InvalidInput` when there are none.

    What lies hidden in a folder is passed over, and a link that leads out of it is refused: neither was written for
    readers. A file that is named itself is taken wherever it lies.
    """
    path = path.resolve()
    if not path.exists():
        raise InvalidInput(f"{path} does not exist.")
    root = path if path.is_dir() else path.parent
    found = _visible(root) if path.is_dir() else [path]
    files = [
        SourceFile(one, one.relative_to(root).as_posix())
        for one in found
        if one.suffix.lower() in FORMATS and one.is_file()
    ]
    if not files:
        raise InvalidInput(f"{path} holds no article: Triagem reads files ending in {', '.join(FORMATS)}.")
    inside = tuple(file for file in files if _lies_in(root, file))
    refused = tuple((file.origin, LEADS_OUT) for file in files if not _lies_in(root, file))
    if refused and not inside:
        raise InvalidInput(f"Every article of {path} is a link out of the folder; put the files themselves there.")
    return Source(name or str(root), root, inside, refused, whole=path.is_dir())


def proven_dates(files: Sequence[SourceFile]) -> DateOrder | None:
    """The order of day and month that the front matter of any of `files` proves; None where none does, or both are."""
    dates = (_date_with_year_last(_head(file.path)) for file in files)
    proven = {order for date in dates if (order := proven_order(date)) is not None}
    return proven.pop() if len(proven) == 1 else None


def changed_files(
    files: Sequence[SourceFile], known: Mapping[str, Known], *, reading: Reading
) -> Iterator[ChangedFile]:
    """Those of `files` that are new or differ from what is stored, or were read otherwise."""
    for file in files:
        raw = file.path.read_bytes()
        read_as = [reading.language.value]
        head = raw[:_HEAD_BYTES]
        if _DATED in head:
            read_as += [_order(_date_with_year_last(head), reading.dates), str(reading.zone)]
        sealed = digest(READER, file.origin, *read_as, hashlib.sha256(raw).hexdigest())
        stored = known.get(file.origin)
        # An id that was stored in another form than ids have now is read anew.
        if stored is None or stored.digest != sealed or stored.id != one_form(stored.id):
            yield ChangedFile(file.origin, file.path.suffix, raw, sealed)


def read_file(file: ChangedFile, *, source: str, reading: Reading) -> Article:
    """What a file says. Raises `InvalidInput` with the reason."""
    if len(file.raw) > ARTICLE_BYTES:
        raise InvalidInput("The file is larger than 1 MiB; split it into several articles.")
    try:
        text = file.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The file is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    refuse_unstorable(text, "The file")
    matter, body = split_front_matter(text)
    format_ = FORMATS[file.suffix.lower()]
    return Article(
        id=identifier(_text(matter, "id") or file.origin.removesuffix(file.suffix)),
        title=_text(matter, "title"),
        body=body,
        format=format_,
        language=language_of(matter.get("language")) if matter.get("language") else reading.language,
        kind=choice(ArticleKind, matter.get("kind"), "kind", default=ArticleKind.HOW_TO),
        audience=_audience(_text(matter, "audience")),
        category=_text(matter, "category") or None,
        tags=strings(matter.get("tags"), "tags"),
        url=web_address(matter.get("url")),
        updated_at=moment(matter.get("updated_at"), "updated_at", order=reading.dates, zone=reading.zone),
        source=source,
    )


def _visible(root: Path) -> list[Path]:
    """Everything below a folder, sorted, without names that begin with a dot and what lies below them."""
    return [one for one in sorted(root.rglob("*")) if not any(map(_is_hidden, one.relative_to(root).parts))]


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _lies_in(root: Path, file: SourceFile) -> bool:
    return file.path.resolve().is_relative_to(root)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _order(date: object, given: DateOrder | None) -> str:
    """The order in which a date with its year last is read; empty where there is none to read."""
    return "" if date is None else given or proven_order(date) or ""


def _date_with_year_last(head: bytes) -> object:
    """When a file was last revised as its front matter says it, where that may prove an order; else None."""
    if _YEAR_LAST.search(head) is None:
        return None
    try:
        return split_front_matter(head.decode("utf-8", errors="replace"))[0].get("updated_at")
    except InvalidInput:
        return None


def _audience(value: str) -> Audience:
    """Public unless something is said; an audience that only other software knows is not the public."""
    if not value:
        return Audience.PUBLIC
    return Audience(value) if value in set(Audience) else Audience.INTERNAL


def _text(matter: Mapping[str, Any], name: str) -> str:
    value = matter.get(name) or ""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} in the front matter must be a string.")
    return clean(value)
