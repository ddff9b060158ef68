"""A checklist proposed from closed tickets: what agents had to ask for comes first, with its counts."""

import json
from datetime import UTC, datetime
from pathlib import Path

from triagem.search.records import ticket_from_record
from triagem.triage.checklist import read_checklist
from triagem.triage.cues import Slot
from triagem.triage.proposal import Line, as_toml, propose
from triagem.types import Provenance, Ticket

SAMPLE = Path(__file__).parents[3] / "kb_articles" / "tickets.jsonl"
WHEN = datetime(2026, 1, 5, tzinfo=UTC)
PRESENT = read_checklist()
INCIDENT = frozenset({"incident"})


def closed(
    number: int,
    resolution: str,
    *,
    kind: str = "incident",
    category: str = "devices",
    text: str = "A lâmpada não acende.",
) -> Ticket:
    return Ticket(
        f"T-{number}",
        WHEN,
        description=text,
        type=kind,
        category=category,
        resolution=resolution,
        closed_at=WHEN,
        provenance=Provenance.HUMAN,
    )


def several(count: int, resolution: str, *, start: int = 0, **labels: str) -> list[Ticket]:
    return [closed(start + number, resolution, **labels) for number in range(count)]


def test_what_was_asked_for_in_one_category_gets_a_rule_of_its_own_before_the_others() -> None:
    tickets = [
        *several(3, "Pedi a versão do firmware e uma foto."),
        *several(2, "Trocamos a lâmpada.", start=3, text="A versão 1.4.2 não acende."),
        *several(4, "Reiniciamos.", start=5, category="network"),
    ]
    proposal = propose(tickets, PRESENT)
    first = proposal.rules[0]
    assert (first.rule.type, first.rule.category, first.tickets) == (INCIDENT, frozenset({"devices"}), 5)
    assert first.lines[:2] == (Line(Slot.VERSION, asked=3, told=2), Line(Slot.ATTACHMENT, asked=3, told=0))
    assert [one.rule.ask for one in proposal.rules[1:]] == [rule.ask for rule in PRESENT.rules]
    assert (proposal.tickets, proposal.asking) == (9, 3)


def test_what_was_asked_for_in_every_category_moves_up_in_the_rule_that_there_is() -> None:
    tickets = [
        *several(2, "Pedi a versão."),
        *several(2, "Asked for the version.", start=2, category="network"),
        *several(2, "Qual a versão?", start=4, category="app"),
    ]
    proposal = propose(tickets, PRESENT)
    assert [one.is_new for one in proposal.rules] == [False] * len(PRESENT.rules)
    incidents = proposal.rules[1]
    assert incidents.lines[0] == Line(Slot.VERSION, asked=6, told=0)
    assert set(incidents.rule.ask) == set(PRESENT.rules[1].ask)


def test_one_agent_who_asked_once_changes_nothing() -> None:
    proposal = propose(several(1, "Pedi a versão."), PRESENT)
    assert proposal.checklist == PRESENT
    assert proposal.asking == 1


def test_what_a_few_questions_needed_is_not_asked_of_everybody() -> None:
    proposal = propose(several(2, "Pedi um print da tela.", kind="question", category=""), PRESENT)
    assert proposal.rules[-1].rule.ask == ()
    proposal = propose(several(2, "Pedi um print da tela.", kind="question"), PRESENT)
    assert proposal.rules[0].rule.ask == (Slot.ATTACHMENT,)
    assert proposal.rules[-1].rule.ask == ()


def test_open_tickets_and_labels_that_nobody_gave_say_nothing() -> None:
    waiting = Ticket("T-1", WHEN, description="A lâmpada não acende.", type="incident", category="devices")
    assert propose([waiting], PRESENT).tickets == 0
    unreviewed = Ticket(
        "T-2",
        WHEN,
        description="Não acende.",
        category="devices",
        type="question",
        resolution="Pedi a versão.",
        provenance=Provenance.AUTO_UNREVIEWED,
    )
    found = propose([unreviewed, unreviewed], PRESENT)
    assert found.rules[1].tickets == 2  # it reports a fault, so that rule asks
    assert not any(one.is_new for one in found.rules)


def test_the_file_that_is_printed_is_the_checklist_that_was_proposed(tmp_path: Path) -> None:
    tickets = several(3, "Pedi a versão.", kind='in"ci\\dent', category="# não é\tcomentário")
    proposal = propose(tickets, PRESENT)
    file = tmp_path / "checklist.toml"
    file.write_text(as_toml(proposal), encoding="utf-8")
    assert read_checklist(file) == proposal.checklist
    assert proposal.rules[0].is_new
    assert '[[rules]] # 3 tickets, a new rule\ntype = ["in\\"ci\\\\dent"]' in as_toml(proposal)
    assert '  "version", # asked for in 3, told in 0\n' in as_toml(proposal)
    assert as_toml(proposal).endswith("ask = []\n")


def test_the_sample_tickets_are_counted_line_by_line() -> None:
    with SAMPLE.open(encoding="utf-8") as lines:
        tickets = [ticket_from_record(json.loads(line)) for line in lines]
    proposal = propose(tickets, PRESENT, least=1)
    assert (proposal.tickets, proposal.asking, proposal.else_asked) == (358, 1, 4)
    assert sum(one.tickets for one in proposal.rules) == 358
    first = proposal.rules[0]  # "Pedimos fotos por mensagem direta e enviamos um produto novo."
    assert (first.rule.type, first.rule.category) == (frozenset({"complaint"}), frozenset({"orders"}))
    assert first.lines[0] == Line(Slot.ATTACHMENT, asked=1, told=1)
