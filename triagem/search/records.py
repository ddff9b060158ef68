"""Records of JSONL, CSV and HTTP as articles and tickets, checked field by field.

Every refusal names the field and the rule, never the value.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from triagem.errors import InvalidInput
from triagem.search.dates import DateOrder, is_day, moment
from triagem.text.normalise import clean, fold, one_form, refuse_unstorable
from triagem.types import Article, ArticleKind, Audience, BodyFormat, Language, Provenance, Ticket

ARTICLE_BYTES = 1 << 20
ID = 500
LABEL = 200
TITLE = 500
SHORT = 1_000
LONG = 200_000
ENTRIES = 100
CHANNEL: Final = r"^[a-z][a-z0-9_-]{0,31}$"
_CHANNEL_CHARS = 32

_Choice = TypeVar("_Choice", bound=StrEnum)
_NOT_OF_A_CHANNEL: Final = re.compile(r"[^a-z0-9_-]+")
_TRUE, _FALSE = {"true", "1", "yes", "sim"}, {"false", "0", "no", "nao", "não", ""}
ARTICLE_FIELDS = tuple("id title language markdown html text kind audience category tags url updated_at source".split())
TICKET_FIELDS = tuple(
    "id created_at closed_at subject description channel language category type priority team requester contract "
    "resolution article_ids reopened provenance".split()
)


def record_from_line(line: bytes) -> dict[str, Any]:
    """A line of JSONL as an object; raises `InvalidInput` for anything else, NaN and Infinity too."""
    try:
        record = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise InvalidInput("The line is not UTF-8; save the file as UTF-8.") from None
    except RecursionError:
        raise InvalidInput("The line is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"The line is not JSON: {error.msg} at column {error.colno}.") from None
    if not isinstance(record, dict):
        raise InvalidInput("The line is not a JSON object.")
    return record


def article_from_record(
    record: Mapping[str, Any], *, source: str = "default", dates: DateOrder | None = None, zone: tzinfo = UTC
) -> Article:
    """An article from `id, title, language` and one of `markdown | html | text`; raises `InvalidInput`.

    `dates` and `zone` read dates as `moment` does.
    """
    _refuse_unknown(record, ARTICLE_FIELDS)
    given = [name for name in BodyFormat if record.get(name.value) is not None]
    # A table with a column for each has empty cells in the others.
    bodies = [name for name in given if record[name.value] != ""] or given
    if len(bodies) != 1:
        raise InvalidInput("Give the body as exactly one of: markdown, html, text.")
    body = _string(record, bodies[0].value, limit=ARTICLE_BYTES)
    if len(body.encode()) > ARTICLE_BYTES:
        raise InvalidInput("The body is larger than 1 MiB.")
    return Article(
        id=identifier(_string(record, "id", limit=ID)),
        title=clean(_string(record, "title", limit=TITLE)),
        body=body,
        format=bodies[0],
        language=language_of(record.get("language")),
        kind=choice(ArticleKind, record.get("kind"), "kind", default=ArticleKind.HOW_TO),
        audience=choice(Audience, record.get("audience"), "audience", default=Audience.PUBLIC),
        category=_label(record, "category"),
        tags=_entries(record, "tags", limit=LABEL),
        url=web_address(record.get("url")),
        updated_at=moment(record.get("updated_at"), "updated_at", order=dates, zone=zone),
        source=clean(_string(record, "source", limit=SHORT)) or source,
    )


def ticket_from_record(record: Mapping[str, Any], *, dates: DateOrder | None = None, zone: tzinfo = UTC) -> Ticket:
    """A ticket from a JSON object or a row of CSV; raises `InvalidInput`. `dates` and `zone` as in `moment`."""
    _refuse_unknown(record, TICKET_FIELDS)
    subject, description = _string(record, "subject", limit=SHORT), _string(record, "description", limit=LONG)
    if not clean(subject) and not clean(description):
        raise InvalidInput("subject and description are both empty; one of them must say something.")
    created_at = moment(record.get("created_at"), "created_at", order=dates, zone=zone)
    if created_at is None:
        raise InvalidInput("created_at is missing; give an ISO 8601 date and time.")
    return Ticket(
        id=identifier(_string(record, "id", limit=ID)),
        created_at=created_at,
        subject=subject,
        description=description,
        channel=_channel(record),
        language=language_of(record.get("language")),
        category=_label(record, "category"),
        type=_label(record, "type"),
        priority=_label(record, "priority"),
        team=_label(record, "team"),
        requester=_label(record, "requester"),
        contract=_label(record, "contract"),
        resolution=_string(record, "resolution", limit=LONG) or None,
        article_ids=_entries(record, "article_ids", limit=ID),
        closed_at=_closed(record.get("closed_at"), created_at, dates=dates, zone=zone),
        reopened=_boolean(record.get("reopened"), "reopened"),
        provenance=choice(Provenance, record.get("provenance"), "provenance", default=Provenance.IMPORTED),
    )


def identifier(value: str) -> str:
    """An id in its one form. Raises `InvalidInput` for one that no route could take."""
    if len(value) > ID:
        raise InvalidInput(f"id is longer than {ID} characters.")
    refuse_unstorable(value, "id")
    if not (id_ := one_form(value)):
        raise InvalidInput("id is missing; it must be a non-empty string.")
    return id_


def language_of(value: object) -> Language:
    """`pt`, `pt-BR`, `en-US` ... by their first part; anything else that is a language tag is `und`."""
    if value is None or value == "":
        return Language.UND
    if not isinstance(value, str):
        raise InvalidInput("language must be a string such as pt-BR or en.")
    head = value.replace("_", "-").split("-")[0].lower()
    return Language(head) if head in set(Language) else Language.UND


def strings(value: object, name: str) -> tuple[str, ...]:
    """A list of strings; in a file without lists, parted by `;` or `,`."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        value = [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise InvalidInput(f"{name} must be a list of strings.")
    for part in value:
        refuse_unstorable(part, name)
    return tuple(map(one_form, value))


def choice(kind: type[_Choice], value: object, name: str, *, default: _Choice) -> _Choice:
    """One of an enumeration's values."""
    if value is None or value == "":
        return default
    if not isinstance(value, str) or value not in set(kind):
        raise InvalidInput(f"{name} must be one of: {', '.join(kind)}.")
    return kind(value)


def web_address(value: object) -> str | None:
    """An http(s) address or a path; nothing that a browser would run."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > SHORT or not value.startswith(("https://", "http://", "/")):
        raise InvalidInput("url must start with https://, http:// or /.")
    refuse_unstorable(value, "url")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"The line is not JSON: {name} is not a number.")


def _closed(value: object, created_at: datetime, *, dates: DateOrder | None, zone: tzinfo) -> datetime | None:
    """When a ticket was closed; a day without a time that is the day of its opening is the moment of its opening."""
    closed_at = moment(value, "closed_at", order=dates, zone=zone)
    if closed_at is None or closed_at >= created_at:
        return closed_at
    if is_day(value) and closed_at.astimezone(zone).date() == created_at.astimezone(zone).date():
        return created_at
    raise InvalidInput("closed_at lies before created_at.")


def _string(record: Mapping[str, Any], name: str, *, limit: int) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name == "id":
        value = str(value)
    if not isinstance(value, str):
        raise InvalidInput(f"{name} must be a string.")
    if len(value) > limit:
        raise InvalidInput(f"{name} is longer than {limit} characters.")
    refuse_unstorable(value, name)
    return value


def _label(record: Mapping[str, Any], name: str) -> str | None:
    return clean(_string(record, name, limit=LABEL)) or None


def _entries(record: Mapping[str, Any], name: str, *, limit: int) -> tuple[str, ...]:
    """At most 100 strings of at most `limit` characters; empty ones are passed over."""
    entries = tuple(entry for entry in strings(record.get(name), name) if entry)
    if len(entries) > ENTRIES:
        raise InvalidInput(f"{name} has more than {ENTRIES} entries.")
    if any(len(entry) > limit for entry in entries):
        raise InvalidInput(f"{name} has an entry longer than {limit} characters.")
    return entries


def _channel(record: Mapping[str, Any]) -> str:
    """A channel's name as help desks write it (`Formulário Web`) in one that `CHANNEL` allows (`formulario-web`): cut
    where it is too long, `channel-0800` where it begins with no letter.
    """
    written = fold(clean(_string(record, "channel", limit=SHORT)))
    if not written:
        return "api"
    name = "-".join(_NOT_OF_A_CHANNEL.sub(" ", written).split())
    if not name[:1].isalpha():
        name = f"channel-{name}".rstrip("-")
    if len(name) > _CHANNEL_CHARS:
        name = name[:_CHANNEL_CHARS].rstrip("-")
    return "email" if name == "e-mail" else name


def _boolean(value: object, name: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise InvalidInput(f"{name} must be true or false.")
    return text in _TRUE


def _refuse_unknown(record: Mapping[str, Any], known: Sequence[str]) -> None:
    unknown = set(record) - set(known)
    if unknown:
        raise InvalidInput(f"{len(unknown)} unknown field(s). Known are: {', '.join(known)}.")
