"""A checklist proposed from closed tickets: facts that agents had to ask for come first, and count behind every line.

What a ticket shows of being asked for is read by `asked`. Nothing is put in force here: an admin names the file.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from triagem.text.email import latest_reply
from triagem.text.inputs import ticket_input
from triagem.text.names import as_compared
from triagem.triage.asked import asked_of
from triagem.triage.checklist import Checklist, Rule, told
from triagem.triage.cues import Slot
from triagem.types import Provenance, Ticket

# One agent who asked once is no habit of the desk.
LEAST = 2

# A present rule, and the type and category of tickets that it is the one for.
_Group = tuple[Rule, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of a rule: in how many of its tickets it was `asked` for, and how many `told` it by themselves."""

    slot: Slot
    asked: int
    told: int


@dataclass(frozen=True, slots=True)
class ProposedRule:
    """A rule with the `tickets` that it would be the one for; `is_new` where the present checklist has none like it."""

    rule: Rule
    tickets: int
    lines: tuple[Line, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules in order, from so many closed `tickets`.

    In `asking` of them a fact was asked for, in `else_asked` only what no fact stands for.
    """

    tickets: int
    asking: int
    else_asked: int
    ask_at_most: int
    rules: tuple[ProposedRule, ...]

    @property
    def checklist(self) -> Checklist:
        return Checklist(tuple(one.rule for one in self.rules), self.ask_at_most)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a group of tickets shows: how many they are, and by fact how many were asked for it or told it."""

    tickets: int = 0
    asked: Counter[Slot] = field(default_factory=Counter)
    told: Counter[Slot] = field(default_factory=Counter)

    def __add__(self, other: "_Seen") -> "_Seen":
        return _Seen(self.tickets + other.tickets, self.asked + other.asked, self.told + other.told)

    def __sub__(self, other: "_Seen") -> "_Seen":
        return _Seen(self.tickets - other.tickets, self.asked - other.asked, self.told - other.told)

    def order(self, present: Sequence[Slot], least: int) -> tuple[Slot, ...]:
        """Facts asked for in `least` tickets, the most often first, then those of `present` as they stand."""
        habit = [slot for slot in Slot if self.asked[slot] >= least]
        return tuple(dict.fromkeys([*sorted(habit, key=lambda slot: -self.asked[slot]), *present]))

    def lines(self, slots: Iterable[Slot]) -> tuple[Line, ...]:
        return tuple(Line(slot, self.asked[slot], self.told[slot]) for slot in slots)


def propose(tickets: Iterable[Ticket], present: Checklist, *, least: int = LEAST) -> Proposal:
    """A checklist after `present`, by what the closed ones of `tickets` show.

    A rule with conditions is put into the order of what was asked for under it. A type in a category gets a rule of its
    own where facts were asked for there in at least `least` tickets, and other ones would be asked first than now.
    """
    groups: dict[_Group, _Seen] = defaultdict(_Seen)
    everything, else_asked, asking = 0, 0, 0
    for ticket in tickets:
        if ticket.closed_at is None and not ticket.resolution:
            continue
        text = ticket_input(ticket.subject, latest_reply(ticket.description))
        ticket_type, category = _labels(ticket)
        asked = asked_of(ticket)
        rule = present.rule_for(text, ticket_type=ticket_type, category=category)
        groups[rule, ticket_type, category] += _Seen(1, Counter(asked.slots), Counter(told(text) - asked.slots))
        everything, asking, else_asked = everything + 1, asking + bool(asked.slots), else_asked + asked.something_else
    particular, left = _particular(groups, present, least)
    general = [_general(rule, left, least) for rule in present.rules]
    return Proposal(everything, asking, else_asked, present.ask_at_most, (*particular, *general))


def as_toml(proposal: Proposal) -> str:
    """The proposal as a file that `read_checklist` reads, with the counts as comments."""
    asking, otherwise = proposal.asking, proposal.else_asked
    lines = [
        f"# A proposal from {_tickets(proposal.tickets)} that were closed. Authors had to be asked for",
        f"# a fact in {asking} of them, and only for something that is no such fact in {otherwise}.",
        "# Behind each fact stands in how many tickets of its rule it was asked for, and how many told it",
        "# by themselves. The file counts once TRIAGEM_CHECKLIST names it.",
        "",
        f"ask_at_most = {proposal.ask_at_most}",
    ]
    for one in proposal.rules:
        lines += ["", f"[[rules]] # {_tickets(one.tickets)}{', a new rule' if one.is_new else ''}"]
        lines += [
            f"{name} = [{', '.join(_quoted(value) for value in sorted(values))}]"
            for name, values in (("type", one.rule.type), ("category", one.rule.category))
            if values is not None
        ]
        lines += ["technical = true"] if one.rule.technical else []
        asks = [f'  "{line.slot.value}", {_behind(line)}' for line in one.lines]
        lines += ["ask = [", *asks, "]"] if asks else ["ask = []"]
    return "\n".join(lines) + "\n"


def _particular(
    groups: Mapping[_Group, _Seen], present: Checklist, least: int
) -> tuple[list[ProposedRule], dict[Rule, _Seen]]:
    """Rules for a type in a category, those of most tickets first, and what is left of each present rule's tickets."""
    under: dict[Rule, _Seen] = defaultdict(_Seen)
    left: dict[Rule, _Seen] = defaultdict(_Seen)
    for (rule, _, _), seen in groups.items():
        under[rule] += seen
    made = []
    for (rule, ticket_type, category), seen in groups.items():
        wanted, usual = seen.order(rule.ask, least), _revised(rule, under[rule] - seen, least)
        is_other = set(wanted[: present.ask_at_most]) != set(usual[: present.ask_at_most])
        if ticket_type and category and is_other and max(seen.asked.values(), default=0) >= least:
            own = Rule(wanted, frozenset([ticket_type]), frozenset([category]), rule.technical)
            made.append(ProposedRule(own, seen.tickets, seen.lines(wanted), is_new=True))
        else:
            left[rule] += seen
    return sorted(made, key=lambda one: -one.tickets), left


def _general(rule: Rule, left: Mapping[Rule, _Seen], least: int) -> ProposedRule:
    seen = left.get(rule, _Seen())
    wanted = _revised(rule, seen, least)
    return ProposedRule(replace(rule, ask=wanted), seen.tickets, seen.lines(wanted), is_new=False)


def _revised(rule: Rule, seen: _Seen, least: int) -> tuple[Slot, ...]:
    """The rule for whatever fits no other stays: what was asked of a few would be asked of everybody."""
    return rule.ask if rule.type is None and rule.category is None else seen.order(rule.ask, least)


def _labels(ticket: Ticket) -> tuple[str | None, str | None]:
    """Type and category as the rules name them, where a person gave them."""
    if ticket.provenance is Provenance.AUTO_UNREVIEWED:
        return None, None
    return _folded(ticket.type), _folded(ticket.category)


def _quoted(value: str) -> str:
    """As TOML takes it: like JSON, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _folded(label: str | None) -> str | None:
    return as_compared(label or "") or None


def _tickets(many: int) -> str:
    return "1 ticket" if many == 1 else f"{many} tickets"


def _behind(line: Line) -> str:
    return f"# asked for in {line.asked}, told in {line.told}"
