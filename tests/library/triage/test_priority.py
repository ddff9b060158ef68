from pathlib import Path

import pytest

from triagem.errors import InvalidInput
from triagem.triage.priority import Condition, read_matrix
from triagem.triage.signs import Level, signs_of
from triagem.types import Mode, Reason

MATRIX = read_matrix()


@pytest.mark.parametrize(
    ("text", "severity", "impact", "urgency"),
    [
        ("Onde vejo a minha nota?", Level.LOW, Level.LOW, Level.LOW),
        ("O app está com erro ao abrir", Level.MEDIUM, Level.LOW, Level.LOW),
        ("Minha conta foi INVADIDA, me ajudem", Level.HIGH, Level.LOW, Level.HIGH),
        ("A escola inteira está sem rede", Level.HIGH, Level.HIGH, Level.LOW),
        ("Os relatórios não abrem para 40 usuários", Level.MEDIUM, Level.HIGH, Level.LOW),
        ("My account was hacked, please lock it right now", Level.HIGH, Level.LOW, Level.HIGH),
        ("Nobody in our office can print, it is the third time", Level.MEDIUM, Level.HIGH, Level.MEDIUM),
        ("We need an answer by Friday", Level.LOW, Level.LOW, Level.MEDIUM),
    ],
)
def test_what_a_text_says_is_told_apart(text: str, severity: Level, impact: Level, urgency: Level) -> None:
    found = signs_of(text)
    assert (found.severity.level, found.impact.level, found.urgency.level) == (severity, impact, urgency)


def test_a_sign_names_the_words_it_was_read_from() -> None:
    found = signs_of("URGENTE: a rede caiu para 30 pessoas")
    assert found.urgency.words == ("urgente",)
    assert found.impact.words == ("30 pessoas",)
    assert signs_of("Bom dia").severity.words == ()


def test_a_handful_is_not_a_crowd() -> None:
    assert signs_of("3 usuários sem acesso").impact.level is Level.LOW
    assert signs_of("2.900 usuários sem acesso").impact.level is Level.HIGH


def test_shouting_and_insults_raise_nothing() -> None:
    calm, loud = (
        signs_of("o app fecha sozinho, seus incompetentes"),
        signs_of("O APP FECHA SOZINHO, SEUS INCOMPETENTES!!!"),
    )
    assert calm == loud
    assert loud.urgency.level is Level.LOW


def test_the_contract_is_part_of_the_matrix() -> None:
    text = "Meu notebook foi roubado"
    assert MATRIX.weigh(text).priority == "high"
    assert MATRIX.weigh(text, contract="Business").priority == "urgent"


def test_what_the_matrix_says_comes_with_the_contract_and_with_what_its_rule_asks_for() -> None:
    found = MATRIX.weigh("Meu notebook foi roubado", contract="Business")
    assert (found.contract, found.decided_by) == ("Business", (Condition.SEVERITY, Condition.CONTRACT))
    assert MATRIX.weigh("Meu notebook foi roubado").decided_by == (Condition.SEVERITY,)
    assert MATRIX.weigh("Bom dia", contract="Business").decided_by == ()


def test_what_is_usual_is_no_suggestion() -> None:
    assert MATRIX.weigh("Vocês entregam em Noronha?", ticket_type="question").priority == "low"
    found = MATRIX.weigh("O app está com erro ao abrir")
    assert (found.priority, found.as_decision()) == ("normal", None)


def test_what_the_matrix_says_is_a_suggestion_without_a_probability() -> None:
    decision = MATRIX.weigh("A escola inteira está sem rede").as_decision()
    assert decision is not None
    assert (decision.value, decision.mode, decision.probability) == ("urgent", Mode.SUGGEST, None)
    assert decision.reason is Reason.NO_MODEL


def test_a_desk_has_its_own_matrix(tmp_path: Path) -> None:
    path = tmp_path / "priority.toml"
    path.write_text('[[rules]]\nseverity = ["high"]\npriority = "P1"\n[[rules]]\npriority = "P3"\n', encoding="utf-8")
    own = read_matrix(path)
    assert [own.weigh(text).priority for text in ("fomos hackeados", "bom dia")] == ["P1", "P3"]


@pytest.mark.parametrize(
    ("rules", "mistake"),
    [
        ('[[rules]]\nseverity = ["high"]\npriority = "P1"\n', "last rule must have no conditions"),
        ('[[rules]]\nseverity = ["huge"]\npriority = "P1"\n[[rules]]\npriority = "P3"\n', "rules.0.severity"),
        ('[[rules]]\nmood = "bad"\npriority = "P1"\n', "mood"),
    ],
)
def test_a_mistake_in_a_matrix_is_named_with_its_place(tmp_path: Path, rules: str, mistake: str) -> None:
    path = tmp_path / "priority.toml"
    path.write_text(rules, encoding="utf-8")
    with pytest.raises(InvalidInput, match=mistake):
        read_matrix(path)
