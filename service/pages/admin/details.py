"""What the audit log keeps of an act beside who, what and why, told line by line in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from service.pages.texts import Speaker
from triagem.store.audit import Action, Entry
from triagem.triage.gate import COMMONEST
from triagem.types import Mode, TicketField

_Path = tuple[str, ...]
_FIELDS: Final = frozenset(field.value for field in TicketField)
_MODES: Final = frozenset(mode.value for mode in Mode)
# Numbers from 0 to 1 that are told as percentages.
_SHARES: Final = frozenset({"auto", "preselect", "bound", "target", "trained", "now"})
# Words that only hold together what stands below them.
_SILENT: Final = frozenset({"assignments", "gate"})
# Values that are told as words, by the name of their detail.
_WORDS: Final = frozenset({"field", "objection"})


def details_of(entry: Entry, speaker: Speaker) -> list[tuple[str, str]]:
    """Each detail with its name; of what was changed only what is not as before, `before → after`."""
    rest = {name: value for name, value in entry.details.items() if name not in ("before", "after")}
    before, after = (dict(_leaves(entry.details.get(name) or {})) for name in ("before", "after"))
    changed = {
        path: f"{_told(path, before.get(path), speaker)} → {_told(path, after.get(path), speaker)}"
        for path in before | after
        if before.get(path) != after.get(path)
    }
    kept = {path: _told(path, value, speaker) for path, value in _leaves(rest)}
    return [(_name(path, speaker, own=_own(entry.action, path)), said) for path, said in (changed | kept).items()]


def subject_of(entry: Entry, speaker: Speaker) -> str:
    """What it was done to; what is no name that people gave, in the reader's language."""
    if entry.action is Action.CLOSE_CLASS and {"field", "name", "mode"} <= entry.details.keys():
        field, mode = (_told((name,), entry.details[name], speaker) for name in ("field", "mode"))
        return f"{field}: {entry.details['name']} ({mode})"
    if entry.action in (Action.TARGETS, Action.REOPEN_CLASS, Action.MIX):
        return _word(entry.subject, speaker)
    if entry.action is Action.SHADOW and entry.subject == "none":
        return speaker.say("overview.no_model")
    if entry.action is Action.RELEVANCE:
        return speaker.say("log.version", number=entry.subject.rpartition(" ")[2])
    return "" if entry.action is Action.TAXONOMY else entry.subject


def _leaves(value: Mapping[str, Any], path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _leaves(inner, (*path, name))
        else:
            yield (*path, name), inner


def _own(action: Action, path: _Path) -> int | None:
    """Where in a detail's path a label stands; None where there is none."""
    has_label = action is Action.TAXONOMY or (action is Action.MIX and path[0] == "shares")
    return 1 if has_label else None


def _name(path: _Path, speaker: Speaker, *, own: int | None) -> str:
    """A detail's name; the part at `own` is a name that people gave."""
    said = [part if at == own else _word(part, speaker) for at, part in enumerate(path) if part not in _SILENT]
    return " · ".join(said)


def _word(part: str, speaker: Speaker) -> str:
    if part in _FIELDS:
        return speaker.say(f"field.{part}")
    return speaker.say(f"detail.{part}") if speaker.knows(f"detail.{part}") else part


def _told(path: _Path, value: Any, speaker: Speaker) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return speaker.say("detail.yes" if value else "detail.no")
    if isinstance(value, float) and path[-1] in _SHARES:
        return speaker.share(value)
    if isinstance(value, int | float):
        return speaker.number(value, places=0 if isinstance(value, int) else 3)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_told(path, one, speaker) for one in value)
    if path[-1] == "mode" and value in _MODES:
        return speaker.say(f"short.{value}")
    if path[-1] == "against" and value == COMMONEST:
        return speaker.say("gate.commonest")
    return _word(str(value), speaker) if path[-1] in _WORDS else str(value)
