import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.library.triage.handmade import ENCODER, handmade, publish
from tests.library.triage.proof import evidence
from triagem.search.build import build_generation
from triagem.search.ingest import Ingest
from triagem.store import desks, models
from triagem.store.database import Database
from triagem.triage.priority import read_matrix
from triagem.triage.taxonomy import Taxonomy, store
from triagem.triage.triager import Triaged, Triager
from triagem.types import Mode, Reason, Ticket, TicketField

CATEGORY = TicketField.CATEGORY


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path)


def ask(triager: Triager, text: str = "my invoice is wrong", desk: str = "main") -> Triaged:
    vector = ENCODER.encode([text])[0]
    return triager.decide(desk, subject="", description=text, vector=vector)


def test_before_the_first_model_every_field_is_left_open(database: Database) -> None:
    triaged = ask(Triager(database, ENCODER))
    assert triaged.model_version is None
    assert {decision.reason for decision in triaged.fields.values()} == {Reason.NO_MODEL}
    assert list(triaged.fields) == list(TicketField)


def test_a_promoted_model_answers_its_field_and_no_other(database: Database) -> None:
    publish(database, "v1", handmade())
    triaged = ask(Triager(database, ENCODER))
    assert triaged.model_version == "v1"
    assert (triaged.fields[CATEGORY].mode, triaged.fields[CATEGORY].value) == (Mode.SUGGEST, "billing")
    assert triaged.fields[TicketField.TEAM].reason is Reason.NO_MODEL


def test_promotion_and_rollback_show_at_the_next_call(database: Database) -> None:
    publish(database, "v1", handmade())
    triager = Triager(database, ENCODER)
    assert ask(triager).fields[CATEGORY].value == "billing"
    publish(database, "v2", handmade(("faturamento", "rede")))
    assert ask(triager).fields[CATEGORY].value == "faturamento"
    with database.write() as connection:
        models.roll_back(connection, "main", actor="a test", why="to go back")
    assert (ask(triager).model_version, ask(triager).fields[CATEGORY].value) == ("v1", "billing")


def test_after_a_withdrawal_everything_is_answered_as_before_the_first_model(database: Database) -> None:
    texts = ("my invoice is wrong", " \n ", "urgent: production is down for all of us")
    fresh = [ask(Triager(database, ENCODER), text) for text in texts]
    publish(database, "v1", handmade())
    triager = Triager(database, ENCODER)
    assert ask(triager).model_version == "v1"
    with database.write() as connection:
        models.roll_back(connection, "main", actor="ana", why="nonsense")
    assert [ask(triager, text) for text in texts] == fresh
    assert triager.answering("main") == {}
    with database.write() as connection:
        models.promote(connection, "main", assignments={"category": "v1"}, actor="ana", why="mended")
    assert ask(triager).model_version == "v1"


def test_an_empty_text_is_left_open_as_empty(database: Database) -> None:
    publish(database, "v1", handmade())
    triaged = ask(Triager(database, ENCODER), " \n ")
    assert {decision.reason for decision in triaged.fields.values()} == {Reason.EMPTY_TEXT}


def test_desks_do_not_share_models(database: Database) -> None:
    publish(database, "v1", handmade(), desk="first")
    triager = Triager(database, ENCODER)
    assert ask(triager, desk="first").fields[CATEGORY].value == "billing"
    assert ask(triager, desk="second").fields[CATEGORY].reason is Reason.NO_MODEL


def test_a_damaged_model_is_set_aside_and_its_field_left_open(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    path = publish(database, "v1", handmade())
    weights = path / "category.weights.npy"
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    weights.write_bytes(damaged)
    triager = Triager(database, ENCODER)
    with caplog.at_level(logging.ERROR):
        assert ask(triager).fields[CATEGORY].reason is Reason.NO_MODEL
    assert "damaged" in caplog.text
    assert not path.exists()
    assert len(list(path.parent.glob("v1*"))) == 1


def test_a_model_of_another_encoder_does_not_answer_and_the_log_says_to_retrain(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    publish(database, "v1", handmade(), encoder="another")
    with caplog.at_level(logging.ERROR):
        assert ask(Triager(database, ENCODER)).fields[CATEGORY].reason is Reason.NO_MODEL
    assert "triagem --desk main train" in caplog.text


def test_while_models_are_swapped_every_answer_is_of_one_of_them(database: Database) -> None:
    publish(database, "v1", handmade())
    publish(database, "v2", handmade(("faturamento", "rede")))
    triager = Triager(database, ENCODER)
    stop, answers = threading.Event(), set()

    def keep_asking() -> None:
        while not stop.is_set():
            triaged = ask(triager)
            answers.add((triaged.model_version, triaged.fields[CATEGORY].value))

    askers = [threading.Thread(target=keep_asking) for _ in range(2)]
    for asker in askers:
        asker.start()
    for number in range(20):
        with database.write() as connection:
            version = f"v{number % 2 + 1}"
            models.promote(connection, "main", assignments={"category": version}, actor="a test", why="to swap")
    stop.set()
    for asker in askers:
        asker.join()
    assert answers <= {("v1", "billing"), ("v2", "faturamento")}


def test_where_no_model_gives_a_priority_the_signs_in_the_text_suggest_one(database: Database) -> None:
    triager = Triager(database, ENCODER)
    found = ask(triager, "A escola inteira está sem rede")
    priority = found.fields[TicketField.PRIORITY]
    assert (priority.value, priority.mode, priority.reason) == ("urgent", Mode.SUGGEST, Reason.NO_MODEL)
    assert found.weighed is not None and found.weighed.words == ("sem rede", "escola inteira")
    assert ask(triager, "Bom dia a todos").fields[TicketField.PRIORITY].value is None


def test_the_contract_is_weighed_with_the_signs(database: Database) -> None:
    triager, text = Triager(database, ENCODER), "Meu notebook foi roubado"
    vector = ENCODER.encode([text])[0]

    def priority(contract: str | None) -> str | None:
        found = triager.decide("main", subject="", description=text, vector=vector, contract=contract)
        return found.fields[TicketField.PRIORITY].value

    assert (priority(None), priority("business")) == ("high", "urgent")


def test_where_a_model_gives_the_priority_what_the_matrix_says_stands_beside_it(database: Database) -> None:
    publish(database, "v1", handmade(("urgent", "normal"), field=TicketField.PRIORITY))
    triager, text = Triager(database, ENCODER), "the router is offline, the whole company has no internet"
    found = triager.decide("main", subject="", description=text, vector=ENCODER.encode([text])[0], contract="business")
    priority, weighed = found.fields[TicketField.PRIORITY], found.weighed
    assert (priority.value, priority.probability is None) == ("normal", False)
    assert weighed is not None
    assert (weighed.priority, weighed.contract) == ("urgent", "business")
    assert weighed.words == ("no internet", "whole company")


def test_a_priority_that_the_desk_does_not_have_is_not_suggested(database: Database) -> None:
    listed = Taxonomy().with_listed(TicketField.PRIORITY, {"ouro": "", "prata": ""})
    with database.write() as connection:
        desks.ensure(connection, "main")
        store(connection, "main", listed, actor="a test", why="own names")
    found = ask(Triager(database, ENCODER), "A escola inteira está sem rede")
    assert found.fields[TicketField.PRIORITY].value is None
    assert found.weighed is not None and found.weighed.priority == "urgent"


def carry(database: Database, *priorities: str) -> None:
    """Tickets of the desk that have these priorities."""
    asked_at = datetime(2026, 3, 11, tzinfo=UTC)
    Ingest(database, ENCODER, desk="main").put_tickets(
        [Ticket(f"of-{name}", asked_at, "", f"a ticket of {name}", priority=name) for name in priorities]
    )


def test_the_matrix_answers_in_the_words_that_the_desks_tickets_carry(database: Database) -> None:
    triager, text = Triager(database, ENCODER), "Meu notebook foi roubado"
    assert ask(triager, text).fields[TicketField.PRIORITY].value == "high"
    carry(database, "Baixa", "Normal", "Alta", "Urgente")
    found = ask(triager, text)
    assert (found.fields[TicketField.PRIORITY].value, found.weighed and found.weighed.priority) == ("Alta", "Alta")
    assert ask(triager, "A escola inteira está sem rede").fields[TicketField.PRIORITY].value == "Urgente"


def test_labels_that_came_before_the_log_of_changes_was_forgotten_count(database: Database) -> None:
    triager, text = Triager(database, ENCODER), "Meu notebook foi roubado"
    assert ask(triager, text).fields[TicketField.PRIORITY].value == "high"
    carry(database, "Baixa", "Normal", "Alta", "Urgente")
    build_generation(database, ENCODER, desk="main")
    assert ask(triager, text).fields[TicketField.PRIORITY].value == "Alta"


def test_what_no_label_of_the_desk_means_is_evidence_and_no_suggestion(database: Database) -> None:
    carry(database, "Baixa", "Normal", "Alta")
    found = ask(Triager(database, ENCODER), "A escola inteira está sem rede")
    priority = found.fields[TicketField.PRIORITY]
    assert (priority.value, priority.mode, priority.reason) == (None, Mode.ABSTAIN, Reason.NO_MODEL)
    assert found.weighed is not None and found.weighed.priority == "urgent"


def test_a_list_of_labels_goes_before_what_tickets_carry_and_new_names_before_old(database: Database) -> None:
    carry(database, "high", "Alta")
    triager, text = Triager(database, ENCODER), "Meu notebook foi roubado"
    assert ask(triager, text).fields[TicketField.PRIORITY].value == "high"
    with database.write() as connection:
        renamed = Taxonomy().with_renamed(TicketField.PRIORITY, "high", "Alta")
        store(connection, "main", renamed, actor="a test", why="one of two")
    assert ask(triager, text).fields[TicketField.PRIORITY].value == "Alta"
    with database.write() as connection:
        listed = Taxonomy().with_listed(TicketField.PRIORITY, {"P1": "", "P2": ""})
        store(connection, "main", listed, actor="a test", why="own names")
    assert ask(triager, text).fields[TicketField.PRIORITY].value == "P2"


def test_a_matrix_in_the_desks_own_words_answers_with_them(database: Database, tmp_path: Path) -> None:
    rules = '[[rules]]\nseverity = ["high"]\npriority = "Grave"\n[[rules]]\npriority = "Comum"\n'
    (tmp_path / "priority.toml").write_text(rules, encoding="utf-8")
    carry(database, "Grave", "Comum", "Urgente")
    triager = Triager(database, ENCODER, matrix=read_matrix(tmp_path / "priority.toml"))
    assert ask(triager, "Meu notebook foi roubado").fields[TicketField.PRIORITY].value == "Grave"


def test_a_first_label_that_a_ticket_brings_counts_for_texts_that_were_asked_before(database: Database) -> None:
    publish(database, "v1", handmade())
    triager, texts = Triager(database, ENCODER), ["Meu notebook foi roubado"]

    def priority() -> str | None:
        found = triager.decide_all("main", texts, ENCODER.encode(texts), contracts=[None])
        return found[0].fields[TicketField.PRIORITY].value

    assert priority() == "high"
    carry(database, "Alta")
    assert priority() == "Alta"


def test_many_texts_at_once_are_decided_as_each_would_be_alone(database: Database) -> None:
    publish(database, "v1", handmade())
    triager = Triager(database, ENCODER)
    texts = ["my invoice is wrong", "", "A escola inteira está sem rede", "Meu notebook foi roubado"]
    contracts = [None, None, None, "business"]
    together = triager.decide_all("main", texts, ENCODER.encode(texts), contracts=contracts)
    alone = [
        triager.decide("main", subject="", description=text, vector=ENCODER.encode([text])[0], contract=contract)
        for text, contract in zip(texts, contracts, strict=True)
    ]
    for one, other in zip(together, alone, strict=True):
        assert one.weighed == other.weighed
        for field in TicketField:
            decided, expected = one.fields[field], other.fields[field]
            assert (decided.mode, decided.value, decided.reason) == (expected.mode, expected.value, expected.reason)
            assert decided.probability == pytest.approx(expected.probability)
    assert [one.fields[CATEGORY].reason is Reason.EMPTY_TEXT for one in together] == [False, True, False, False]
    assert triager.decide_all("main", [], ENCODER.encode([]), contracts=[]) == []


def test_what_was_decided_of_many_texts_is_decided_anew_after_a_promotion(database: Database) -> None:
    publish(database, "v1", handmade())
    triager, texts = Triager(database, ENCODER), ["my invoice is wrong"] * 2

    def values() -> list[str | None]:
        found = triager.decide_all("main", texts, ENCODER.encode(texts), contracts=[None, None])
        return [one.fields[CATEGORY].value for one in found]

    assert (values(), values()) == (["billing"] * 2, ["billing"] * 2)
    publish(database, "v2", handmade(("faturamento", "rede")))
    assert values() == ["faturamento"] * 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ich kann mich nicht mehr bei meinem Konto anmelden", Reason.UNSUPPORTED_LANGUAGE),
        ("where do I park when I visit the museum", Reason.OUT_OF_SCOPE),
    ],
)
def test_what_is_like_nothing_learned_says_when_its_language_is_why(
    database: Database, text: str, reason: Reason
) -> None:
    publish(database, "v1", handmade(least_familiar=0.9))
    field = ask(Triager(database, ENCODER), text).fields[CATEGORY]
    assert (field.mode, field.value, field.reason) == (Mode.ABSTAIN, None, reason)


@pytest.mark.parametrize(
    "text",
    [
        "Die invoice is wrong, ich kann mich nicht bei meinem Konto anmelden",
        "the invoice is wrong, no puedo entrar en mi cuenta desde hace tres días",
    ],
)
def test_what_a_foreign_text_would_be_filled_with_is_only_suggested(database: Database, text: str) -> None:
    publish(database, "v1", handmade(evidence=evidence(billing=400)))
    triager = Triager(database, ENCODER)
    field = ask(triager, text).fields[CATEGORY]
    assert (field.mode, field.value, field.reason) == (Mode.SUGGEST, "billing", Reason.UNSUPPORTED_LANGUAGE)
    assert [one.value for one in field.candidates] == ["billing", "network"]
    shadow = triager.candidate("main", "v1").decide(text, ENCODER.encode([text])[0])
    assert shadow.fields[CATEGORY].mode is Mode.SUGGEST


@pytest.mark.parametrize(
    "text", ["my invoice is wrong", "the invoice is wrong, a fatura está errada", "invoice wrong ERR-4012", "invoice"]
)
def test_a_text_of_our_languages_is_filled_as_before(database: Database, text: str) -> None:
    publish(database, "v1", handmade(evidence=evidence(billing=400)))
    assert ask(Triager(database, ENCODER), text).fields[CATEGORY].mode is Mode.AUTO


@pytest.mark.parametrize(("least_familiar", "reason"), [(-99.0, Reason.OUT_OF_SCOPE), (None, Reason.TOO_FEW_EXAMPLES)])
def test_small_talk_is_of_no_class_once_there_are_tickets_enough_to_tell(
    database: Database, least_familiar: float | None, reason: Reason
) -> None:
    publish(database, "v1", handmade(least_familiar=least_familiar))
    triager = Triager(database, ENCODER)
    assert ask(triager, "obrigado, até amanhã").fields[CATEGORY].reason is reason
    assert ask(triager, "my invoice is wrong").fields[CATEGORY].reason is Reason.TOO_FEW_EXAMPLES
