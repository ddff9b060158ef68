import json
import math
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.jobs.training.conftest import START, put, sample, ticket
from training.audit import FieldAudit, audit
from training.dataset import Example, examples_of
from training.findings import still_needed, twins
from training.label_commands import COMMANDS
from training.leaks import LeakKind, leaks, without_words
from triagem.encoder.hashing import HashingEncoder
from triagem.errors import InvalidInput, NotFound, TriagemError
from triagem.settings import Settings
from triagem.store import vectors
from triagem.store.database import Database
from triagem.store.tickets import StoredTicket
from triagem.text.inputs import input_digest
from triagem.triage.decide import Targets
from triagem.triage.thresholds import Evidence, precision_bound, tickets_for
from triagem.types import Ticket, TicketField

CATEGORY = TicketField.CATEGORY


def quietly(share: float, what: str) -> None:
    pass


def audited(database: Database, encoder: HashingEncoder) -> FieldAudit:
    found = audit(database, encoder, "main", targets=Targets(), threads=1, on_progress=quietly)
    return found[CATEGORY]


def examples(tickets: list[Ticket]) -> list[Example]:
    return examples_of([StoredTicket(one, "", "") for one in tickets])


def evidence(right: int, wrong: int) -> Evidence:
    """Right ones surer than wrong ones."""
    correct = np.array([True] * right + [False] * wrong, dtype=bool)
    return Evidence(np.zeros(right + wrong, dtype=np.int32), np.linspace(0.9, 0.5, right + wrong), correct)


def triagem(database: Database, name: str, *arguments: str) -> Result:
    settings = Settings(data_dir=database.data_dir, encoder="hashing", threads=1)
    result = CliRunner().invoke(COMMANDS[name], arguments, obj=settings)
    if isinstance(result.exception, TriagemError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_labels_that_differ_in_case_space_or_accents_are_twins() -> None:
    found = twins({"Cobrança": 3, "cobranca ": 2, "rede": 5})
    assert [one.labels for one in found] == [{"Cobrança": 3, "cobranca ": 2}]


@pytest.mark.parametrize(("errors", "target"), [(0, 0.95), (1, 0.95), (5, 0.90), (0, 0.80)])
def test_the_tickets_that_errors_demand_prove_the_target_and_one_less_does_not(errors: int, target: float) -> None:
    demanded = tickets_for(errors, target)
    assert precision_bound(demanded - errors, demanded) >= target
    assert precision_bound(demanded - 1 - errors, demanded - 1) < target


def test_what_a_class_still_needs_follows_from_its_surest_tickets() -> None:
    assert still_needed(evidence(0, 0), 0.95) == 59
    assert still_needed(evidence(40, 0), 0.95) == 19
    # Of 50 tickets the 40 surest are right: 19 more of those are 19 / 0.8 more in all.
    assert still_needed(evidence(40, 10), 0.95) == math.ceil(19 / 0.8)


def test_the_same_words_under_two_labels_contradict_each_other(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(30), ticket("x", "order 12 is late", category="orders"))
    put(database, ticket("y", "Order 13 is late!", category="delivery"))
    [found] = audited(database, encoder).contradictions
    assert found.tickets == {"delivery": ("y",), "orders": ("x",)}


def test_a_wrong_label_among_many_right_ones_is_doubted(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(180), ticket("odd", f"{sample(1)[0].description} again", category="network"))
    found = audited(database, encoder).doubts[0]
    assert (found.ticket_id, found.label, found.likely) == ("odd", "network", "billing")


def test_classes_that_share_their_words_overlap(database: Database, encoder: HashingEncoder) -> None:
    mixed = [
        ticket(f"m{n}", one.description, day=n, category="charges" if n // 2 % 2 else "billing")
        for n, one in enumerate(each for each in sample(180) if each.category == "billing")
    ]
    put(database, *mixed, *(one for one in sample(60) if one.category != "billing"))
    [found] = audited(database, encoder).overlaps
    assert (found.first, found.second) == ("billing", "charges")


def test_a_line_that_only_one_label_has_gives_it_away(database: Database, encoder: HashingEncoder) -> None:
    signed = [
        ticket(f"s{n}", f"{one.description}\nSent by the desk of {one.category}", category=one.category)
        for n, one in enumerate(sample(18))
    ]
    put(database, *signed)
    found = {one.label: (one.line, one.tickets) for one in audited(database, encoder).leaks}
    assert found["billing"] == ("sent by the desk of billing", 6)


def test_a_signature_or_an_id_that_only_one_label_has_gives_it_away() -> None:
    told = {"billing": "fin", "network": "net", "conta": "acc"}
    marked = [
        ticket(
            f"s{n}",
            f"[{told[one.category or '']}-{4711 + n}] {one.description}\nAna, {one.category}\n",
            category=one.category,
        )
        for n, one in enumerate(sample(30))
    ]
    found = {one.line: (one.label, one.tickets) for one in leaks(examples(marked))[CATEGORY]}
    assert found["fin-0000"] == found["ana billing"] == ("billing", 10)
    assert found["acc-0000"] == found["ana conta"] == ("conta", 10)


def told(tickets: list[Ticket]) -> list[tuple[LeakKind, str, str, int]]:
    return [(one.kind, one.line, one.label, one.tickets) for one in leaks(examples(tickets))[CATEGORY]]


def marked(text: str, *, of: str) -> list[Ticket]:
    """The sample with a text before each ticket of one class."""
    return [
        replace(one, description=f"{text} {one.description}" if one.category == of else one.description)
        for one in sample()
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fila=app_mobile; canal=web;", "fila: app mobile"),
        ("Fila: Suporte N2; ", "fila: suporte n2"),
        ("a fila = app_mobile mudou", "fila: app mobile"),
        ("categoria: network bom dia", "categoria: network"),
        ("categoria: network", "categoria: network"),
    ],
)
def test_a_pair_that_only_one_label_has_gives_it_away(text: str, line: str) -> None:
    assert (LeakKind.PAIR, line, "network", 30) in told(marked(text, of="network"))


def test_a_pair_under_several_labels_and_a_sentence_after_a_colon_give_nothing_away() -> None:
    assert told([replace(one, description=f"canal=web; {one.description}") for one in sample()]) == []
    assert told(marked("Mensagem: o que aparece aqui agora,", of="network")) == []
    assert told(marked("re: ola;", of="network")) == []


def test_a_labels_own_name_as_a_value_gives_it_away_in_three_tickets_and_another_value_in_five() -> None:
    others = [one for one in sample() if one.category != "network"]
    few = marked("setor: network;", of="network")[1:10:3]
    assert told([*others, *few]) == [(LeakKind.PAIR, "setor: network", "network", 3)]
    few, more = marked("setor: n2;", of="network")[1:13:3], marked("setor: n2;", of="network")[1:14:3]
    assert told([*others, *few]) == []
    assert told([*others, *more]) == [(LeakKind.PAIR, "setor: n2", "network", 5)]


def test_what_is_kept_of_a_leak_are_ids_and_a_key_but_no_line_and_no_value() -> None:
    found = leaks(examples(marked("nome: ana souza;", of="network")))[CATEGORY]
    assert [without_words(one) for one in found] == [
        {"kind": "pair", "key": "nome", "label": "network", "tickets": 30, "ticket_ids": ("t001", "t004", "t007")}
    ]
    signed = [replace(one, description=f"{one.description}\nAna Souza, {one.category}") for one in sample()]
    lines = [without_words(one) for one in leaks(examples(signed))[CATEGORY]]
    assert {(one["kind"], one["key"]) for one in lines} == {("line", "")}


def test_the_sample_desk_gives_nothing_away() -> None:
    rows = [json.loads(line) for line in Path("kb_articles/tickets.jsonl").read_text(encoding="utf-8").splitlines()]
    names = ("id", "subject", "description", *TicketField)
    desk = [Ticket(created_at=START, **{name: row.get(name) for name in names}) for row in rows]
    assert leaks(examples(desk)) == {field: [] for field in TicketField}


def test_an_error_that_comes_again_is_no_id_and_what_nearly_every_ticket_is_gives_nothing_away() -> None:
    same = [ticket(f"e{n}", f"{one.description} ERR-4012", category="network") for n, one in enumerate(sample(10))]
    other = [
        ticket(f"o{n}", f"{one.description}, best regards to you all", category="billing")
        for n, one in enumerate(sample(10))
    ]
    lines = {one.line for one in leaks(examples([*same, *other]))[CATEGORY]}
    assert "err-0000" not in lines
    alone = [
        ticket(f"a{n}", f"{one.description}\nbest regards to you all", category="billing")
        for n, one in enumerate(sample(30))
    ]
    rare = [ticket("rare", "something else entirely", category="network")]
    assert leaks(examples([*alone, *rare]))[CATEGORY] == []


def test_a_ticket_without_a_label_that_is_like_none_fits_no_class(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample(120), ticket("new", "zzzz qqqq xxxx"), ticket("usual", sample(1)[0].description))
    texts = ["zzzz qqqq xxxx", sample(1)[0].description]
    rows = dict(zip(map(input_digest, texts), encoder.encode(texts), strict=True))
    with database.write() as connection:
        vectors.put(connection, "main", encoder=encoder.digest, rows=rows)
    found = audited(database, encoder)
    assert found.newest == 2
    assert [one.ticket_id for one in found.strangers] == ["new"]


def test_a_label_that_the_newest_tickets_are_full_of_has_moved(database: Database, encoder: HashingEncoder) -> None:
    waiting = [one for one in sample(180) if one.category == "billing"]
    put(database, *sample(90), *(ticket(f"w{n}", f"{one.description} {n}") for n, one in enumerate(waiting)))
    texts = [f"{one.description} {n}" for n, one in enumerate(waiting)]
    rows = dict(zip(map(input_digest, texts), encoder.encode(texts), strict=True))
    with database.write() as connection:
        vectors.put(connection, "main", encoder=encoder.digest, rows=rows)
    moved = {one.label: one for one in audited(database, encoder).moved}
    assert moved["billing"].newest > 0.8
    assert moved["network"].newest < 0.15


def test_a_few_tickets_without_a_label_say_nothing_of_the_mix(database: Database, encoder: HashingEncoder) -> None:
    waiting = [one for one in sample(180) if one.category == "billing"][:29]
    put(database, *sample(90), *(ticket(f"w{n}", one.description) for n, one in enumerate(waiting)))
    texts = [one.description for one in waiting]
    rows = dict(zip(map(input_digest, texts), encoder.encode(texts), strict=True))
    with database.write() as connection:
        vectors.put(connection, "main", encoder=encoder.digest, rows=rows)
    found = audited(database, encoder)
    assert (found.newest, found.moved, found.unproven) == (29, (), ())


def test_of_paths_the_first_part_is_judged_too(database: Database, encoder: HashingEncoder) -> None:
    put(database, *(ticket(one.id, one.description, category=f"all/{one.category}") for one in sample()))
    found = audited(database, encoder)
    assert found.parents == 1.0
    assert found.accuracy is not None


def test_an_empty_desk_is_told_what_to_bring(database: Database, encoder: HashingEncoder) -> None:
    with pytest.raises(InvalidInput, match="triagem --desk main import tickets"):
        audited(database, encoder)


def test_the_command_says_what_is_missing_to_people_and_to_programs(database: Database) -> None:
    put(database, *sample())
    lines = triagem(database, "audit").stdout.splitlines()
    assert lines[0].startswith("category: 90 tickets, 3 labels")
    found = json.loads(triagem(database, "audit", "--json").stdout)
    assert {need["label"] for need in found["category"]["needs"]} == {"billing", "conta", "network"}


def test_labels_are_listed_renamed_and_retired_by_command(database: Database) -> None:
    put(database, *sample(9))
    triagem(database, "taxonomy", "rename", "category", "billing", "money", "--why", "plain words")
    triagem(database, "taxonomy", "retire", "category", "conta")
    found = json.loads(triagem(database, "taxonomy", "--json").stdout)
    assert found["tickets"]["category"] == {"money": 3, "network": 3}
    assert "now 'money'" in triagem(database, "taxonomy").stdout
    with pytest.raises(NotFound, match="no label 'fax'"):
        triagem(database, "taxonomy", "retire", "category", "fax")
    file = database.data_dir / "labels.toml"
    file.write_text('[category]\nmoney = "What is paid"\nnetwork = ""\n', encoding="utf-8")
    assert triagem(database, "taxonomy", "load", str(file)).stdout == "category: 2 labels\n"
    assert "What is paid" in triagem(database, "taxonomy").stdout


def test_a_pasted_configuration_costs_no_more_than_its_length() -> None:
    pasted = replace(sample(1)[0], description=" ".join(f"key{n}=value{n}" for n in range(12_000)))
    tracemalloc.start()
    leaks(examples([pasted]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6
