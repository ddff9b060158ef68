import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from triagem.store.models import Model
from triagem.triage.report_page import content_security_policy, report_body, report_page, stylesheet
from triagem.triage.taxonomy import Taxonomy
from triagem.types import Language, TicketField

HOSTILE = "<img src=x onerror=alert(1)>"


def field(accuracy: float, recall: float) -> dict[str, Any]:
    figures = {"tickets": 380, "accuracy": accuracy, "majority_accuracy": 0.18, "macro_f1": 0.8, "ece": 0.03}
    point = {"target": 0.9, "coverage": 0.5, "precision": 0.95, "open_classes": 2}
    mode = {"left_out": {"coverage": 0.35, "precision": 0.99}, "ahead": {"coverage": 0.31, "precision": 0.967}}
    return {
        "tickets": 380,
        "classes": 2,
        "ahead": {**figures, "tickets": 76, "accuracy": 0.776, "majority_accuracy": 0.21},
        "left_out": {**figures, "by_language": {"pt": figures}},
        "modes": {"auto": mode, "preselect": mode},
        "per_class": {
            "billing": {"tickets": 200, "precision": 0.9, "recall": recall},
            HOSTILE: {"tickets": 180, "precision": 0.7, "recall": 0.6},
        },
        "reliability": [{"tickets": 100, "confidence": 0.95, "accuracy": 0.97}],
        "curves": {"auto": [point], "preselect": [{**point, "coverage": 0.7}]},
        "confusion": [{"truth": "billing", "predicted": HOSTILE, "tickets": 7}],
        "bounds": {"billing": {"auto": 0.961, "preselect": None}},
        "leaks": [
            {"kind": "pair", "key": "fila", "label": HOSTILE, "tickets": 50, "ticket_ids": ["T-1", "T-2"]},
            {"kind": "line", "key": "", "label": "billing", "tickets": 7, "ticket_ids": ["T-3"]},
        ],
    }


def model(version: str, accuracy: float = 0.829, recall: float = 0.9) -> Model:
    report = {
        "tickets": 380,
        "repeats_left_out": 4,
        "labels": {"human": 300, "over_cap": 0},
        "fields": {"category": field(accuracy, recall)},
    }
    return Model(version, ("category",), "m", "d" * 64, "s", {}, report, datetime(2026, 3, 1, tzinfo=UTC))


def page(language: Language, *, before: Model | None = None) -> str:
    return report_page(model("v2"), {TicketField.CATEGORY: before} if before else {}, Taxonomy(), language)


def test_figures_are_written_as_their_readers_write_them() -> None:
    assert "<td>82,9%</td>" in page(Language.PT) and "Acerto" in page(Language.PT)
    assert "<td>82.9%</td>" in page(Language.EN) and "Accuracy" in page(Language.EN)
    assert 'lang="pt-BR"' in page(Language.PT)


def test_a_document_by_itself_tells_utc_and_a_part_of_a_page_the_pages_time() -> None:
    assert "Treinado em 01/03/2026 00:00 UTC" in page(Language.PT)
    part = report_body(model("v2"), {}, Taxonomy(), Language.PT, zone=ZoneInfo("America/Sao_Paulo"))
    assert "Treinado em 28/02/2026 21:00 com 380" in part


def test_the_newest_tickets_are_told_apart_with_what_was_filled_of_them_and_how_often_rightly() -> None:
    [section] = re.findall(r'<section id="ahead">.*?</section>', page(Language.PT), re.DOTALL)
    assert "Nos chamados mais novos" in section
    assert re.findall(r"<td>(.*?)</td>", section) == [
        *("Categoria", "76", "77,6%", "21,0%", "80,0%", "0,030"),
        *("31,0%", "96,7%", "31,0%", "96,7%"),
    ]


def test_a_model_that_was_learned_from_names_alone_has_no_newest_tickets() -> None:
    one = model("v1")
    none = {"tickets": 0, "accuracy": None, "majority_accuracy": None, "macro_f1": None, "ece": None}
    one.report["fields"]["category"]["ahead"] = none
    assert 'id="ahead"' not in report_page(one, {}, Taxonomy(), Language.EN)


def test_what_changed_against_the_version_that_answers_stands_first() -> None:
    changed = page(Language.EN, before=model("v1", accuracy=0.729, recall=0.8))
    assert "v1 → v2" in changed
    assert '<span class="better">+10.0</span>' in changed
    assert "What changes" not in page(Language.EN, before=model("v2"))


def test_a_change_is_written_in_the_unit_of_its_figure_and_what_rounds_to_nothing_is_no_fall() -> None:
    old = model("v1", accuracy=0.8293)
    old.report["fields"]["category"]["left_out"]["ece"] = 0.024
    text = page(Language.PT, before=old)
    [section] = re.findall(r'<section id="changes">.*?</section>', text, re.DOTALL)
    assert "<td>82,9%</td><td>82,9%</td><td><span>+0,0</span></td>" in section
    assert '<td>0,024</td><td>0,030</td><td><span class="worse">+0,006</span></td>' in section


def test_labels_are_counted_by_where_they_come_from() -> None:
    one = model("v1")
    one.report["labels"] = {"human": 1, "imported": 300, "over_cap": 0}
    assert "Rótulos: dados por pessoas (1), importados (300)." in report_page(one, {}, Taxonomy(), Language.PT)
    assert "Labels: given by people (1), imported (300)." in report_page(one, {}, Taxonomy(), Language.EN)


def test_a_renamed_class_neither_went_nor_came() -> None:
    old = model("v1", recall=0.8)
    classes = old.report["fields"]["category"]["per_class"]
    classes["accounts"], classes["bills"] = classes.pop("billing"), {"tickets": 200, "precision": 1.0, "recall": 0.4}
    names = Taxonomy().with_renamed(TicketField.CATEGORY, "accounts", "billing")
    merged = names.with_renamed(TicketField.CATEGORY, "bills", "billing")

    def told(known: Taxonomy) -> list[str]:
        text = report_page(model("v2"), {TicketField.CATEGORY: old}, known, Language.EN)
        [section] = re.findall(r'<section id="changes">.*?</section>', text, re.DOTALL)
        return re.findall(r"(?:New class|Class that is gone): [a-z]+|<td>billing</td><td>[0-9.]+%</td>", section)

    assert told(Taxonomy()) == ["New class: billing", "Class that is gone: accounts", "Class that is gone: bills"]
    assert told(names) == ["Class that is gone: bills", "<td>billing</td><td>80.0%</td>"]
    assert told(merged) == ["<td>billing</td><td>60.0%</td>"]


@pytest.mark.parametrize("language", [Language.PT, Language.EN])
def test_the_page_has_no_script_and_no_style_but_the_one_its_policy_names(language: Language) -> None:
    text = page(language)
    assert "<script" not in text and "style=" not in text and "http://" not in text.replace("http://www.w3.org", "")
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style == stylesheet() and f"'sha256-{digest}'" in content_security_policy()


def test_names_of_classes_are_text_and_charts_are_well_formed() -> None:
    text = page(Language.EN)
    assert HOSTILE not in text and "&lt;img src=x" in text
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert [ElementTree.fromstring(chart).get("aria-label") for chart in charts] == [
        "Reliability",
        "Coverage and precision",
    ]


def test_what_gives_a_class_away_is_named_with_tickets_to_look_at() -> None:
    text = page(Language.EN)
    assert "<td>fila: a value</td><td>&lt;img src=x onerror=alert(1)&gt;</td><td>50</td><td>T-1, T-2</td>" in text
    assert "<td>uma linha ou assinatura</td><td>billing</td><td>7</td><td>T-3</td>" in page(Language.PT)


def test_a_report_of_an_older_training_is_shown_with_what_it_has() -> None:
    old = model("v2")
    for name in ("reliability", "curves", "confusion", "bounds", "leaks"):
        del old.report["fields"]["category"][name]
    text = report_page(replace(old), {}, Taxonomy(), Language.EN)
    assert "<svg" not in text and "By class" in text and "gives the class away" not in text
