"""Forms about models: one that is refused stands there again with what was typed, and why."""

import re

from sqlalchemy import update
from starlette.testclient import TestClient

from tests.library.triage.handmade import handmade, publish
from tests.library.triage.proof import evidence
from tests.web.conftest import Site
from tests.web.pages.browse import Reader, text_of
from triagem.store import audit
from triagem.store.audit import Action, Entry
from triagem.store.database import Database
from triagem.store.tables import models


def _publish(site: Site, *versions: str) -> None:
    database = Database(site.data_dir)
    for version in versions:
        publish(database, version, handmade(evidence=evidence()))
    with database.write() as connection:
        connection.execute(update(models).values(report={"tickets": 140, "fields": {}}))
    database.close()


def _typed(text: str) -> list[tuple[str, str]]:
    return re.findall(r'name="(auto|preselect)" type="number"[^>]* value="([^"]*)"', text)


def test_targets_are_shown_without_needless_zeros(client: TestClient, open_site: Site) -> None:
    _publish(open_site, "v1")
    assert _typed(Reader(client).get("/admin/targets/category").text) == [("auto", "95"), ("preselect", "80")]
    other = Reader(client).get("/admin/targets/category?auto=92,5&preselect=80")
    assert _typed(other.text) == [("auto", "92.5"), ("preselect", "80")]


def test_targets_that_cannot_be_meant_stand_there_again_with_the_reason(client: TestClient, open_site: Site) -> None:
    _publish(open_site, "v1")
    refused = Reader(client).get("/admin/targets/category?auto=70&preselect=90")
    assert refused.status_code == 422
    assert "a de preencher não é menor que a de pré-selecionar" in text_of(refused)
    assert _typed(refused.text) == [("auto", "70"), ("preselect", "90")]


def test_a_version_that_answers_its_fields_is_not_offered_for_promotion(client: TestClient, open_site: Site) -> None:
    _publish(open_site, "v1", "v2")
    reader = Reader(client)
    assert "Esta versão já responde por todos os seus campos." in text_of(reader.get("/admin/models/v2"))
    assert "Promover esta versão" not in text_of(reader.get("/admin/models/v2"))
    assert "Promover esta versão" in text_of(reader.get("/admin/models/v1"))


def test_forcing_without_a_reason_keeps_the_tick_and_asks_for_it(client: TestClient, open_site: Site) -> None:
    _publish(open_site, "v1", "v2")
    page = "/admin/models/v1"
    refused = Reader(client).send(f"{page}/promote", {"force": "1", "why": " "}, of=page)
    assert refused.status_code == 422
    assert "Para promover sem prova é preciso dizer o motivo." in text_of(refused)
    assert 'name="force" value="1" checked' in refused.text


def _entries(site: Site) -> list[Entry]:
    with Database(site.data_dir).read() as connection:
        return audit.newest_first(connection, "main", limit=10)


def test_targets_without_a_reason_stand_there_again_with_their_effect(client: TestClient, open_site: Site) -> None:
    _publish(open_site, "v1")
    page = "/admin/targets/category"
    fields: dict[str, str | list[str]] = {"auto": "90", "preselect": "75", "why": " "}
    refused = Reader(client).send(page, fields, of="/admin/models")
    assert refused.status_code == 422
    assert "Diga o motivo" in text_of(refused)
    assert _typed(refused.text) == [("auto", "90"), ("preselect", "75")]
    assert 'type="hidden" name="auto" value="90.0"' in refused.text
    done = Reader(client).send(page, {**fields, "why": "Menos fila"}, of="/admin/models")
    assert done.headers["location"] == page
    assert _typed(Reader(client).get(page).text) == [("auto", "90"), ("preselect", "75")]
    newest = _entries(open_site)[0]
    assert (newest.action, newest.why) == (Action.TARGETS, "Menos fila")


def test_a_version_is_put_in_shadow_once_however_often_it_is_sent(client: TestClient, open_site: Site) -> None:
    _publish(open_site, "v1", "v2")
    reader, page = Reader(client), "/admin/models/v1"
    for _ in range(2):
        assert reader.send(f"{page}/shadow", {}, of=page).headers["location"] == page
    assert client.get("/v1/shadow").json()["version"] == "v1"
    assert [one.subject for one in _entries(open_site) if one.action is Action.SHADOW] == ["v1"]
    reader.send(f"{page}/shadow", {"off": "1"}, of=page)
    assert client.get("/v1/shadow").json()["version"] is None


def test_a_rollback_of_what_answers_no_more_shows_what_does_and_keeps_the_reason(
    client: TestClient, open_site: Site
) -> None:
    _publish(open_site, "v1", "v2")
    fields: dict[str, str | list[str]] = {"promotion": "999", "why": 'Erros "demais"'}
    refused = Reader(client).send("/admin/models/rollback", fields, of="/admin/models")
    assert refused.status_code == 409
    assert "Recarregue a página e veja o que mudou" in text_of(refused)
    assert 'name="why" value="Erros &#34;demais&#34;"' in refused.text


def test_the_first_model_is_withdrawn_with_a_reason_and_every_page_goes_on_without_one(
    client: TestClient, open_site: Site
) -> None:
    _publish(open_site, "v1")
    reader, page, asked = Reader(client), "/admin/models", {"subject": "the invoice is wrong"}
    client.put("/v1/tickets/T-1", json={**asked, "created_at": "2026-03-05T14:30:00Z"})
    client.put("/v1/shadow", json={"version": "v1", "why": "to compare"})
    assert client.post("/v1/triage", json=asked).json()["model_version"] == "v1"
    assert "Retirar: nenhum modelo responde mais" in text_of(reader.get(page))
    promotion = re.search(r'name="promotion" value="(\d+)"', reader.get(page).text)
    assert promotion is not None
    for _ in range(2):
        done = reader.send(f"{page}/rollback", {"promotion": promotion[1], "why": "Erra as faturas"}, of=page)
        assert done.headers["location"] == f"{page}?done=withdrawn"
    assert client.post("/v1/triage", json=asked).json()["fields"]["category"]["reason"] == "no_model"
    assert text_of(reader.get("/agent/tickets/T-1")).count("Nenhum modelo responde por isto agora.") == 4
    newest, _, promoted = _entries(open_site)
    assert (newest.action, newest.subject, newest.why) == (Action.WITHDRAW, "v1", "Erra as faturas")
    assert promoted.action is Action.PROMOTE
    said = text_of(reader.get(page))
    assert "retirou o que respondia" in said
    assert "Motivo: Erra as faturas" in said
    assert "Retirar: nenhum modelo responde mais" not in said
    assert "o último foi retirado" in text_of(reader.get("/admin"))
    assert "retirou v1" in " ".join(text_of(reader.get("/admin/log")).split())
    shown = ("/agent", "/admin/quality", "/admin/targets/category", f"{page}/v1", f"{page}/v1/gate")
    read = ("/v1/models", "/v1/insights/quality", "/v1/shadow", "/v1/targets", "/v1/models/v1/gate")
    assert {address for address in (*shown, *read) if reader.get(address).status_code != 200} == set()
    assert reader.get(f"{page}/v1/replay").status_code == 409
    back = client.post("/v1/models/v1:promote", json={"why": "Os rótulos foram corrigidos", "force": True})
    assert back.json()["assignments"] == {"category": "v1"}
    assert client.post("/v1/triage", json=asked).json()["model_version"] == "v1"
