"""The sample desk with the encoder that is shipped: what a newcomer sees after the first two commands."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from triagem.encoder.open import open_encoder
from triagem.store.database import Database
from triagem.text.inputs import ticket_input
from triagem.text.normalise import fold
from triagem.triage.triager import Triager
from triagem.types import TicketField

SAMPLES = Path(__file__).parents[2] / "kb_articles"

pytestmark = pytest.mark.slow

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def run(state: Path) -> Run:
    """Runs a command on one desk that has the samples and a model."""

    def command(*arguments: str) -> dict[str, Any]:
        line = [sys.executable, "-m", "triagem", "--data-dir", str(state), *arguments, "--json"]
        done = subprocess.run(line, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    command("index", str(SAMPLES))
    command("import", "tickets", str(SAMPLES / "tickets.jsonl"))
    command("train")
    return command


@pytest.mark.parametrize(
    ("text", "article_id"),
    [
        (
            "nao consigo entrar na minha conta depois de trocar a senha",
            "pt-BR/account/cannot-sign-in-after-password-change",
        ),
        ("I cannot sign in after changing my password", "en/account/cannot-sign-in-after-password-change"),
        ("paguei com pix e o pedido continua pendente", "pt-BR/billing/pix-payment-not-confirmed"),
        ("APP-4012", "en/app/error-app-4012"),
    ],
)
def test_the_article_that_solves_it_comes_first(run: Run, text: str, article_id: str) -> None:
    found = [article["article_id"] for article in run("suggest", text)["articles"]]
    assert found[0].partition("/")[2] == article_id.partition("/")[2]
    if " " in text:
        assert found[0] == article_id


def test_nothing_is_shown_where_nothing_helps(run: Run) -> None:
    assert run("suggest", "qual a previsão do tempo para o fim de semana em Gramado?")["articles"] == []


@pytest.mark.parametrize(
    "text",
    [
        "Bom dia, pessoal, tudo certo por aí?",
        "o que foi que você falou?",
        "preciso de ajuda",
        "Who exactly am I talking to?",
        "ok thanks, that's all",
    ],
)
def test_nothing_is_shown_to_who_asks_for_nothing(run: Run, text: str) -> None:
    assert run("suggest", text)["articles"] == []


def test_a_greeting_before_a_request_hides_nothing(run: Run) -> None:
    articles = run("suggest", "oi, bom dia, tudo bem com vocês? esqueci minha senha, e agora?")["articles"]
    assert articles[0]["article_id"] == "pt-BR/account/reset-password"


def test_a_ticket_gets_its_category_and_its_team(run: Run) -> None:
    fields = run("triage", "Cobrança duplicada", "Fui cobrado duas vezes no cartão este mês")["fields"]
    assert fields["category"]["value"] == "billing"
    assert fields["team"]["value"] == "finance"
    assert 0.5 < fields["category"]["probability"] <= 1


@pytest.mark.parametrize(
    ("subject", "description"),
    [
        ("Cobrança duplicada", "Fui cobrado duas vezes no cartão este mês"),
        ("Bom dia", "Moro em Curitiba e trabalho em casa. Fui cobrado duas vezes no cartão este mês. Obrigado!"),
        ("router offline", "Hello there. Since yesterday the router loses the connection. I am at home all day."),
    ],
)
def test_the_odds_fall_most_without_the_words_and_the_sentence_that_are_named(
    run: Run, state: Path, subject: str, description: str
) -> None:
    encoder = open_encoder("default", threads=1)
    triager = Triager(Database(state), encoder)
    explanation = triager.explain(
        "main", TicketField.CATEGORY, subject=subject, description=description, encoder=encoder
    )
    classifier = triager.answering("main")[TicketField.CATEGORY].classifier
    head, text = classifier.heads[TicketField.CATEGORY], ticket_input(subject, description)
    assert explanation is not None and explanation.probability > 0.9

    def falls(parts: Sequence[str]) -> dict[str, float]:
        """By how much the log-odds fall without each; of the probability without the ticket of no class."""
        texts = [text, *(re.sub(rf"\b{re.escape(part)}(?!\w)", "", text) for part in parts)]
        found = classifier.judge(texts, encoder.encode(texts))[TicketField.CATEGORY].probabilities
        mixed = found[:, head.classes.index(explanation.value)]
        rest = (1 - mixed) * (head.scale.tickets + 1) - (1 - 1 / len(head.classes))
        odds = np.log(head.scale.tickets / rest - 1)
        return dict(zip(parts, odds[0] - odds[1:], strict=True))

    words = falls(list(dict.fromkeys(re.findall(r"\w+", text))))
    named = {word for word in words if fold(word) in {part.text for part in explanation.words}}
    assert named
    assert min(words[word] for word in named) > max(words[word] for word in words.keys() - named)
    assert min(words[word] for word in named) > 0.19
    if explanation.sentence is not None:
        sentences = falls(re.split(r"(?<=[.!?])\s+|\n+", text))
        assert max(sentences, key=lambda part: sentences[part]) == explanation.sentence.text


def test_an_agent_sees_tickets_that_were_solved_alike(run: Run) -> None:
    similar = run("triage", "pix pago e pedido pendente", "erro PAG-203")["similar"]
    planted = json.loads((SAMPLES / "planted.json").read_text(encoding="utf-8"))["recurring"]
    alike = {ticket for problem in planted if "PAG-203" in json.dumps(problem) for ticket in problem["ticket_ids"]}
    assert similar[0]["ticket_id"] in alike
    assert similar[0]["resolution"]


def test_the_judged_queries_find_their_articles(run: Run) -> None:
    found = run("evaluate", str(SAMPLES / "queries.jsonl"))
    assert found["all"]["ndcg@10"]["mean"] > 0.76
    assert found["all"]["recall@3"]["mean"] > 0.82
    assert found["shown"]["share_of_answerable"] > 0.88
    assert found["shown"]["right_when_shown"] > 0.72
