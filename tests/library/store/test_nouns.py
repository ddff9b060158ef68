"""Articles, tickets, vectors, models, runs and keys as rows: put, found again, gone."""

import errno
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from triagem.errors import Cancelled, Conflict, DamagedArtifact, Failure, InvalidInput, NotFound, UnsupportedFormat
from triagem.store import articles, audit, changes, desks, keys, models, runs, tickets, vectors
from triagem.store.articles import StoredPassage
from triagem.store.audit import Action
from triagem.store.database import Database
from triagem.store.keys import Scope
from triagem.store.runs import RunKind, RunState, Worker
from triagem.store.tickets import StoredTicket
from triagem.types import Article, ArticleKind, Audience, Kind, Language, Passage, Provenance, Ticket, TicketField

ARTICLE = Article(
    id="conta/senha",
    title="Redefinir a senha",
    body="# Redefinir a senha\n\nToque em **Esqueci**.",
    language=Language.PT,
    kind=ArticleKind.TROUBLESHOOTING,
    audience=Audience.INTERNAL,
    category="account",
    tags=("senha", "acesso"),
    url="https://ajuda.example/senha",
    updated_at=datetime(2026, 3, 1, tzinfo=UTC),
)
TICKET = Ticket(
    id="T-1",
    created_at=datetime(2026, 3, 5, 14, 30, tzinfo=timezone(timedelta(hours=-3))),
    subject="Sem acesso",
    description="Não entro",
    category="account",
    article_ids=("conta/senha",),
    closed_at=datetime(2026, 3, 6, tzinfo=UTC),
    resolution="Senha redefinida.",
    provenance=Provenance.HUMAN,
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    opened = Database(tmp_path)
    with opened.write() as connection:
        desks.ensure(connection, "main")
    return opened


def put_article(database: Database, desk: str, article: Article, *texts: str) -> None:
    passages = [
        StoredPassage(article.id, Passage(n, "", text, 0, len(text)), f"d-{text}") for n, text in enumerate(texts)
    ]
    with database.write() as connection:
        articles.put(
            connection,
            desk,
            article=article,
            stored_passages=passages,
            digest="x",
            title_digest="d-title",
            origin="senha.md",
        )


def test_an_article_comes_back_as_it_was_put(database: Database) -> None:
    put_article(database, "main", ARTICLE, "um", "dois")
    with database.read() as connection:
        assert articles.get(connection, "main", ARTICLE.id) == ARTICLE
        assert [stored.passage.text for stored in articles.passages_of(connection, "main", [ARTICLE.id])] == [
            "um",
            "dois",
        ]
        assert articles.known_origins(connection, "main", "default")["senha.md"].id == ARTICLE.id


def test_work_that_is_asked_for_and_taken_at_once_waits_for_nobody_to_see(database: Database) -> None:
    with Worker.queue(database, "main", kind=RunKind.TRAIN, parameters={"seed": 3}) as worker:
        assert worker.run.parameters == {"seed": 3}
        with database.read() as connection:
            assert runs.waiting(connection) == []
            assert runs.get(connection, "main", worker.run.id).state is RunState.RUNNING
        with pytest.raises(Conflict, match="under way"):
            Worker.queue(database, "main", kind=RunKind.TRAIN, parameters={})


def test_putting_an_article_again_replaces_its_passages(database: Database) -> None:
    put_article(database, "main", ARTICLE, "um", "dois")
    put_article(database, "main", replace(ARTICLE, title="Nova senha"), "três")
    with database.read() as connection:
        assert articles.count(connection, "main") == 1
        assert articles.get_many(connection, "main", [ARTICLE.id])[ARTICLE.id].title == "Nova senha"
        assert [stored.passage.text for stored in articles.passages_of(connection, "main", [ARTICLE.id])] == ["três"]


def test_a_desk_does_not_see_anothers_article_of_the_same_id(database: Database) -> None:
    put_article(database, "main", ARTICLE, "um")
    put_article(database, "other", replace(ARTICLE, title="Outra"), "dois")
    with database.write() as connection:
        articles.remove(connection, "other", [ARTICLE.id])
    with database.read() as connection:
        assert articles.get(connection, "other", ARTICLE.id) is None
        assert articles.get(connection, "main", ARTICLE.id) == ARTICLE


def test_every_put_and_removal_is_in_the_log_of_changes(database: Database) -> None:
    put_article(database, "main", ARTICLE, "um")
    with database.write() as connection:
        assert articles.remove(connection, "main", [ARTICLE.id, "unknown"]) == 1
    with database.read() as connection:
        log = changes.since(connection, "main", 0)
        assert [(change.kind, change.ref) for change in log] == [(Kind.ARTICLE, ARTICLE.id)] * 2
        assert changes.latest(connection, "main") == log[-1].seq
        assert changes.latest(connection, "other") == 0


def test_a_ticket_comes_back_with_its_moment_in_utc(database: Database) -> None:
    with database.write() as connection:
        tickets.put(connection, "main", [StoredTicket(TICKET, "d", "t")])
    with database.read() as connection:
        stored = tickets.get(connection, "main", "T-1")
    assert stored == TICKET
    assert stored.created_at.isoformat() == "2026-03-05T17:30:00+00:00"
    assert stored.is_solved


def test_labels_are_listed_by_field_the_most_used_first_and_open_tickets_counted(database: Database) -> None:
    labelled = [
        ("T-1", "wifi", "N1"),
        ("T-2", "wifi", None),
        ("T-3", "conta", "N2"),
        ("T-4", "wifi", "N2"),
        ("T-5", None, None),
    ]
    bare = replace(TICKET, category=None, type=None, priority=None, team=None, closed_at=None)
    new = [replace(bare, id=name, category=category, team=team) for name, category, team in labelled]
    new.append(replace(TICKET, id="T-6", category="conta", type=None, priority=None, team=None))
    with database.write() as connection:
        tickets.put(connection, "main", [StoredTicket(one, one.id, one.id) for one in new])
        tickets.put(connection, "other", [StoredTicket(replace(bare, category="outra"), "d", "t")])
    with database.read() as connection:
        assert tickets.labels(connection, "main") == {
            TicketField.CATEGORY: ["wifi", "conta"],
            TicketField.TYPE: [],
            TicketField.PRIORITY: [],
            TicketField.TEAM: ["N2", "N1"],
        }
        assert tickets.count_open(connection, "main") == 5


def test_vectors_are_kept_by_encoder_to_three_decimals(database: Database) -> None:
    vector = np.array([0.6, -0.8, 0.0], np.float32)
    with database.write() as connection:
        vectors.put(connection, "main", encoder="one", rows={"d": vector})
    with database.read() as connection:
        found = vectors.load(connection, "main", encoder="one", digests=["d", "unknown"])
        assert list(found) == ["d"]
        assert found["d"] == pytest.approx(vector, abs=1e-3)
        assert vectors.load(connection, "main", encoder="two", digests=["d"]) == {}


def test_vectors_that_nothing_refers_to_are_swept(database: Database) -> None:
    put_article(database, "main", ARTICLE, "um")
    vector = np.ones(3, np.float32)
    with database.write() as connection:
        vectors.put(connection, "main", encoder="new", rows={"d-um": vector, "d-title": vector, "d-gone": vector})
        vectors.put(connection, "main", encoder="old", rows={"d-um": vector})
        assert vectors.sweep(connection, "main", encoder="new") == 2
        assert set(vectors.load(connection, "main", encoder="new", digests=["d-um", "d-title", "d-gone"])) == {
            "d-um",
            "d-title",
        }


def test_a_rollback_returns_to_what_answered_before_each_promotion(database: Database) -> None:
    with database.write() as connection:
        models.promote(connection, "main", assignments={"category": "v1"}, actor="ana", why="first")
        models.promote(connection, "main", assignments={"team": "v2"}, actor="ana", why="teams")
        both = models.promote(connection, "main", assignments={"category": "v3"}, actor="ana", why="better")
        assert both.assignments == {"category": "v3", "team": "v2"}
        assert models.roll_back(connection, "main", actor="ana", why="worse").assignments == {
            "category": "v1",
            "team": "v2",
        }
        assert models.roll_back(connection, "main", actor="ana", why="worse").assignments == {"category": "v1"}


def test_a_rollback_from_the_first_model_leads_to_none_and_says_which_was_withdrawn(database: Database) -> None:
    with database.write() as connection:
        first = models.promote(connection, "main", assignments={"category": "v1"}, actor="train", why="first")
        for _ in range(2):
            withdrawn = models.roll_back(connection, "main", actor="ana", why="nonsense", from_id=first.id)
            assert withdrawn.assignments == {}
        assert models.answering(connection, "main") == {}
        newest, *before = audit.newest_first(connection, "main", limit=9)
        assert (newest.actor, newest.action, newest.subject, newest.why) == ("ana", Action.WITHDRAW, "v1", "nonsense")
        assert [one.action for one in before] == [Action.PROMOTE]
        with pytest.raises(Conflict, match="No model answers now"):
            models.roll_back(connection, "main", actor="ana", why="nonsense")


def test_what_is_promoted_after_a_withdrawal_is_taken_back_to_none_again(database: Database) -> None:
    with database.write() as connection:
        models.promote(connection, "main", assignments={"category": "v1", "team": "v1"}, actor="train", why="first")
        models.roll_back(connection, "main", actor="ana", why="nonsense")
        back = models.promote(connection, "main", assignments={"category": "v1"}, actor="ana", why="labels mended")
        assert back.assignments == {"category": "v1"}
        assert models.roll_back(connection, "main", actor="ana", why="nonsense").assignments == {}
        assert models.ever_answered(connection, "main") == {"category", "team"}
        assert models.ever_answered(connection, "other") == set()


def test_what_answers_already_is_not_promoted_again_so_that_one_rollback_undoes_it(database: Database) -> None:
    with database.write() as connection:
        models.promote(connection, "main", assignments={"category": "v1"}, actor="ana", why="first")
        better = models.promote(connection, "main", assignments={"category": "v2"}, actor="ana", why="better")
        for why in ("better", "the auditors asked"):
            assert models.promote(connection, "main", assignments={"category": "v2"}, actor="ana", why=why) == better
        said = [one.why for one in audit.newest_first(connection, "main", limit=9)]
        assert said == ["the auditors asked", "better", "first"]
        assert models.roll_back(connection, "main", actor="ana", why="worse").assignments == {"category": "v1"}


def test_a_rollback_of_a_named_promotion_happens_once_however_often_it_is_asked_for(database: Database) -> None:
    with database.write() as connection:
        for version in ("v1", "v2", "v3"):
            last = models.promote(connection, "main", assignments={"category": version}, actor="ana", why=version)
        for _ in range(2):
            back = models.roll_back(connection, "main", actor="ana", why="worse", from_id=last.id)
            assert back.assignments == {"category": "v2"}
        assert [one.action for one in audit.newest_first(connection, "main", limit=2)] == [
            Action.ROLLBACK,
            Action.PROMOTE,
        ]
        models.promote(connection, "main", assignments={"category": "v4"}, actor="bia", why="newer")
        with pytest.raises(Conflict, match="Something else answers since"):
            models.roll_back(connection, "main", actor="ana", why="worse", from_id=last.id)
        with pytest.raises(Conflict):
            models.roll_back(connection, "main", actor="ana", why="worse", from_id=12_345)


def queued(database: Database, kind: RunKind = RunKind.TRAIN) -> runs.Run:
    with database.write() as connection:
        return runs.queue(connection, "main", kind=kind, parameters={})


def state_of(database: Database, run: runs.Run) -> runs.Run:
    with database.read() as connection:
        return runs.get(connection, "main", run.id)


def test_two_trainings_at_once_are_one(database: Database) -> None:
    first = queued(database)
    assert queued(database).id == first.id
    assert queued(database, RunKind.INDEX).id != first.id
    with Worker(database, "main", first), pytest.raises(Conflict, match="run of kind"):
        Worker(database, "main", first)


def test_a_run_tells_how_far_it_is_and_what_came_of_it(database: Database) -> None:
    run = queued(database)
    with Worker(database, "main", run) as worker:
        worker.report(0.5, "fitting")
        assert (state_of(database, run).state, state_of(database, run).progress) == (RunState.RUNNING, 0.5)
        with database.write() as connection:
            worker.finish(connection, {"version": "v1"})
    assert state_of(database, run).state is RunState.DONE
    assert state_of(database, run).result == {"version": "v1"}
    assert queued(database).id != run.id


def test_a_cancelled_run_stops_at_its_next_report(database: Database) -> None:
    run = queued(database)
    with pytest.raises(Cancelled), Worker(database, "main", run) as worker:
        with database.write() as connection:
            runs.request_cancel(connection, "main", run.id)
        worker.report(0.5, "fitting")
    assert state_of(database, run).state is RunState.CANCELLED


def test_a_run_nobody_holds_is_cancelled_at_once(database: Database) -> None:
    run = queued(database)
    with database.write() as connection:
        assert runs.request_cancel(connection, "main", run.id).state is RunState.CANCELLED
        with pytest.raises(Conflict):
            runs.request_cancel(connection, "main", run.id)


def test_a_failed_run_keeps_its_reason_and_frees_the_place(database: Database) -> None:
    run = queued(database)
    with pytest.raises(InvalidInput), Worker(database, "main", run):
        raise InvalidInput("No labelled tickets.", failure=Failure.NOTHING_LABELLED)
    ended = state_of(database, run)
    assert (ended.error, ended.failure) == ("No labelled tickets.", Failure.NOTHING_LABELLED)
    assert queued(database).id != run.id


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (DamagedArtifact("model.npy was altered."), Failure.DAMAGED_FILE),
        (UnsupportedFormat("It has format 9."), Failure.NEWER_FORMAT),
        (InvalidInput("A rule has no conditions."), Failure.OTHER),
        (OSError(errno.ENOSPC, "No space left on device"), Failure.DISK_FULL),
        (ZeroDivisionError(), Failure.UNEXPECTED),
    ],
)
def test_why_a_run_failed_is_kept_as_a_code(database: Database, error: Exception, failure: Failure) -> None:
    run = queued(database)
    with pytest.raises(type(error)), Worker(database, "main", run):
        raise error
    assert state_of(database, run).failure is failure


def test_a_key_opens_only_with_its_own_secret_until_it_is_revoked(database: Database) -> None:
    with database.write() as connection:
        key, token = keys.create(
            connection, "main", name="form", scopes=[Scope.SUGGEST], origins=["https://a.example"], actor="a test"
        )
        assert keys.verify(connection, token) == key
        assert keys.verify(connection, token + "x") is None
        assert keys.verify(connection, "") is None
        assert keys.verify(connection, f"trg_{key.id}_") is None
        assert key.allows(Scope.SUGGEST)
        assert not key.allows(Scope.TRIAGE)
        keys.revoke(connection, "main", key.id, actor="a test")
        assert keys.verify(connection, token) is None
        with pytest.raises(NotFound):
            keys.revoke(connection, "main", key.id, actor="a test")


def test_whoever_made_or_revoked_a_key_is_written_down_with_what_it_opens(database: Database) -> None:
    origin = "https://a.example"
    with database.write() as connection:
        key, _ = keys.create(
            connection, "new", name="form", scopes=[Scope.SUGGEST] * 2, origins=[origin, origin], actor="Ana"
        )
        keys.revoke(connection, "new", key.id, actor="Rui")
        revoked, made = audit.newest_first(connection, "new", limit=5)
        assert "new" in desks.names(connection)
    assert (made.actor, made.action, made.subject) == ("Ana", Action.KEY_CREATE, key.id)
    assert made.details == {"name": "form", "scopes": ["suggest"], "origins": [origin]}
    assert (revoked.actor, revoked.action, revoked.subject) == ("Rui", Action.KEY_REVOKE, key.id)


def test_a_contract_is_written_into_keys_that_send_requests_only(database: Database) -> None:
    with database.write() as connection:
        key, token = keys.create(
            connection, "main", name="form", scopes=[Scope.SUGGEST], contract="business", actor="Ana"
        )
        found = keys.verify(connection, token)
        assert found is not None and (found.contract, key.contract) == ("business", "business")
        assert audit.newest_first(connection, "main", limit=1)[0].details["contract"] == "business"
        with pytest.raises(InvalidInput, match="scope suggest"):
            keys.create(connection, "main", name="x", scopes=[Scope.INDEX], contract="business", actor="Ana")


def test_the_secret_of_a_key_is_not_in_the_database(database: Database) -> None:
    with database.write() as connection:
        _, token = keys.create(connection, "main", name="agent", scopes=[Scope.ADMIN], actor="a test")
    secret = token.split("_", 2)[2].encode()
    assert all(secret not in path.read_bytes() for path in database.data_dir.iterdir() if path.is_file())
