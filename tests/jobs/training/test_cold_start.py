from tests.jobs.training.conftest import digest_of, put, sample, snapshot_of, ticket
from training.train import Plan, train
from triagem.encoder.hashing import HashingEncoder
from triagem.store.database import Database
from triagem.triage.gate import judge_promotion
from triagem.triage.taxonomy import Taxonomy, store
from triagem.triage.triager import Triager
from triagem.types import FieldDecision, Mode, Reason, TicketField

CATEGORY = TicketField.CATEGORY
DESCRIBED = {"billing": "invoice charge refund payment", "network": "router wifi cable signal", "conta": "senha login"}


def quietly(share: float, what: str) -> None:
    pass


def listing(database: Database, taxonomy: Taxonomy) -> None:
    with database.write() as connection:
        store(connection, "main", taxonomy, actor="a test", why="to be learned")


def answer(database: Database, encoder: HashingEncoder, text: str) -> FieldDecision:
    triager = Triager(database, encoder)
    vector = encoder.encode([text])[0]
    return triager.decide("main", subject="", description=text, vector=vector).fields[CATEGORY]


def test_names_and_descriptions_alone_are_learned_from_and_only_suggest(
    database: Database, encoder: HashingEncoder
) -> None:
    listing(database, Taxonomy().with_listed(CATEGORY, DESCRIBED))
    trained = train(database, encoder, "main", plan=Plan(), threads=1, on_progress=quietly)
    assert trained.live == ("category",)
    found = answer(database, encoder, "the router has no signal")
    assert (found.value, found.mode, found.reason) == ("network", Mode.SUGGEST, Reason.TOO_FEW_EXAMPLES)


def test_a_listed_label_without_a_ticket_is_learned_beside_those_with(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, *(one for one in sample(30) if one.category != "network"))
    listing(database, Taxonomy().with_listed(CATEGORY, DESCRIBED))
    train(database, encoder, "main", plan=Plan((CATEGORY,)), threads=1, on_progress=quietly)
    assert answer(database, encoder, "router wifi cable signal").value == "network"


def test_labels_are_learned_under_the_names_of_now_and_retired_ones_not_at_all(
    database: Database, encoder: HashingEncoder
) -> None:
    put(database, ticket("a", "invoice", category="billing"), ticket("b", "fax", category="fax"))
    before = digest_of(database)
    listing(database, Taxonomy().with_renamed(CATEGORY, "billing", "money").with_retired(CATEGORY, "fax"))
    assert [one.labels for one in snapshot_of(database, encoder).examples] == [{CATEGORY: "money"}]
    assert digest_of(database) != before


def test_a_model_of_the_old_names_is_compared_under_the_new_ones(database: Database, encoder: HashingEncoder) -> None:
    put(database, *sample())
    train(database, encoder, "main", plan=Plan((CATEGORY,)), threads=1, on_progress=quietly)
    listing(database, Taxonomy().with_renamed(CATEGORY, "billing", "money"))
    train(database, encoder, "main", plan=Plan((CATEGORY,)), threads=1, on_progress=quietly)
    [verdict] = judge_promotion(database, "main", "v2", encoder_digest=encoder.digest)
    assert (verdict.comparison.gained, verdict.comparison.lost, verdict.objection) == (0, 0, None)
