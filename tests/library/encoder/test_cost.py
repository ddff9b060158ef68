from pathlib import Path

import pytest

from tests.library.encoder.tiny import write_tiny_model
from triagem.encoder.onnx import OnnxEncoder

pytest.importorskip("onnx")

from benchmarks.encoder import plain_int8, rows, side_by_side, unrounded
from training.encoder.export import export

TEXTS = ["How to reset my password?", "A impressora não imprime", "the printer does not work " * 5]


def _beside(ratio: float) -> dict[str, object]:
    return {"ours": ratio, "its": 1.0, "ratio": ratio, "quartiles": [ratio, ratio], "range": [ratio, ratio]}


def test_a_machine_that_slows_down_between_rounds_changes_no_ratio() -> None:
    asked: list[tuple[str, list[str]]] = []

    def measured(cost: int, texts: list[str]) -> float:
        asked.append((str(cost), texts))
        return cost * 10.0 ** ((len(asked) - 1) // 2)

    found = side_by_side(measured, {"ours": 2, "rival": 4}, ["a", "b", "c"], rounds=3, at_once=2)
    assert found["rival"]["ours"] == 20.0
    assert found["rival"]["its"] == 40.0
    assert found["rival"]["range"] == [0.5, 0.5]
    assert "".join(who for who, _ in asked) == "244224"
    assert [texts for _, texts in asked][::2] == [["a", "b"], ["c", "a"], ["b", "c"]]


def test_the_goals_are_for_queries_and_for_portuguese_passages() -> None:
    unsure = {**_beside(1.16), "quartiles": [1.08, 1.26]}
    figures = {
        "tokens": {},
        "ms": {"questions, pt": {"near": _beside(1.19), "far": _beside(1.21), "unsure": unsure}},
        "texts/s": {"questions, pt": {"near": _beside(2.0)}, "adobe passages, pt": {"near": _beside(0.99)}},
    }
    assert [row[-1] for row in rows(figures)] == [
        "≤ 1.2 reached",
        "≤ 1.2 missed",
        "≤ 1.2 reached, within scatter",
        "–",
        "≥ 1.0 missed",
    ]


def test_plain_int8_stays_near_fp32_and_is_smaller(tmp_path: Path) -> None:
    export(write_tiny_model(tmp_path / "model"), tmp_path / "fp32", name="tiny", max_tokens=64, int8=False)
    plain_int8(tmp_path / "fp32", tmp_path / "plain")
    fp32, plain = OnnxEncoder(tmp_path / "fp32"), OnnxEncoder(tmp_path / "plain")
    assert (fp32.encode(TEXTS) * plain.encode(TEXTS)).sum(axis=1).min() >= 0.98
    assert (tmp_path / "plain" / "model.onnx").stat().st_size < (tmp_path / "fp32" / "model.onnx").stat().st_size


def test_other_weights_than_the_source_of_the_shipped_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name their source"):
        unrounded(write_tiny_model(tmp_path / "model"), tmp_path)
