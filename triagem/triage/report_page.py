"""A trained version's report as one HTML page: figures, curves and confusions, readable without a script.

The figures are written by `training.report`; here nothing is computed but differences to the version that answers now.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

from triagem.charts import Axis, Series, line_chart, percents
from triagem.phrases import say
from triagem.store.models import Model
from triagem.triage.taxonomy import Taxonomy
from triagem.types import Language, TicketField

_TAGS = {Language.PT: "pt-BR", Language.EN: "en"}
_MOST_CHANGED = 10
_TOLD = 0.005


@cache
def stylesheet() -> str:
    return Path(__file__).with_name("report_page.css").read_text(encoding="utf-8")


@cache
def content_security_policy() -> str:
    """The policy that the page needs: its own style, by hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def report_page(model: Model, current: Mapping[TicketField, Model], names: Taxonomy, language: Language) -> str:
    """The page as a whole document. `current` are the versions that answer its fields now; classes of both are compared
    by their `names` of now.
    """
    page = _Page(language)
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(content_security_policy())}">'
        f"<title>{page.say('title', version=model.version)}</title><style>{stylesheet()}</style>"
    )
    body = "".join(page.body(model, current, names))
    tag = _TAGS[language]
    return f'<!doctype html>\n<html lang="{tag}"><head>{head}</head><body><main>{body}</main></body></html>\n'


def report_body(
    model: Model, current: Mapping[TicketField, Model], names: Taxonomy, language: Language, *, zone: tzinfo
) -> str:
    """The same without a document around it, for a page that has its own and tells times of `zone`; it wants the
    classes of `report_page.css`.
    """
    return "".join(_Page(language, zone).body(model, current, names))


class _Page:
    """Writes in one language; a document by itself tells times of UTC and says so."""

    def __init__(self, language: Language, zone: tzinfo = UTC) -> None:
        self._language, self._zone = language, zone

    def say(self, name: str, **values: str) -> str:
        return escape(say(f"report.{name}", self._language, **values))

    def share(self, value: float | None) -> str:
        return "–" if value is None else self._decimal(f"{value * 100:.1f}%")

    def number(self, value: float | None) -> str:
        return "–" if value is None else self._decimal(f"{value:.3f}")

    def body(self, model: Model, current: Mapping[TicketField, Model], names: Taxonomy) -> Iterator[str]:
        report = model.report
        yield f"<h1>{self.say('title', version=model.version)}</h1>"
        yield f"<p>{self._origin(model)}</p>"
        yield f"<p>{self.say('left_out')}</p>"
        yield self._overview(report["fields"])
        yield from self._ahead(report["fields"])
        yield from self._changes(model, current, names)
        for name, field in report["fields"].items():
            yield f'<section id="{escape(name)}"><h2>{self._field(name)}</h2>'
            yield from self._one(field)
            yield "</section>"

    def _origin(self, model: Model) -> str:
        labels = model.report.get("labels", {})
        said = ", ".join(f"{self.say(f'from_{name}')} ({count})" for name, count in labels.items() if count)
        written = "%d/%m/%Y %H:%M" if self._language is Language.PT else "%Y-%m-%d %H:%M"
        when = model.created_at.astimezone(self._zone).strftime(written) + (" UTC" if self._zone is UTC else "")
        tickets, repeats = str(model.report["tickets"]), str(model.report["repeats_left_out"])
        made = self.say("made", when=when, tickets=tickets, repeats=repeats, digest=model.model_digest[:12])
        return f"{made} {self.say('labels', said=said)}" if said else made

    def _overview(self, fields: Mapping[str, Any]) -> str:
        heads = ("field", "tickets", "classes", "accuracy", "majority", "macro_f1", "ece", "auto", "preselect")
        rows = [
            [
                self._field(name),
                str(one["tickets"]),
                str(one["classes"]),
                self.share(one["left_out"]["accuracy"]),
                self.share(one["left_out"]["majority_accuracy"]),
                self.share(one["left_out"]["macro_f1"]),
                self.number(one["left_out"]["ece"]),
                self.share(one["modes"]["auto"]["left_out"]["coverage"]),
                self.share(one["modes"]["preselect"]["left_out"]["coverage"]),
            ]
            for name, one in fields.items()
        ]
        return self._table(heads, rows)

    def _ahead(self, fields: Mapping[str, Any]) -> Iterator[str]:
        """The newest tickets, as they came to a model of the earlier ones alone."""
        heads = ("field", "tickets", "accuracy", "majority", "macro_f1", "ece")
        filled = ("auto", "auto_right", "preselect", "preselect_right")
        rows = [
            [
                self._field(name),
                str(one["ahead"]["tickets"]),
                self.share(one["ahead"]["accuracy"]),
                self.share(one["ahead"]["majority_accuracy"]),
                self.share(one["ahead"]["macro_f1"]),
                self.number(one["ahead"]["ece"]),
                *(
                    self.share(one["modes"][mode]["ahead"][figure])
                    for mode in ("auto", "preselect")
                    for figure in ("coverage", "precision")
                ),
            ]
            for name, one in fields.items()
            if one["ahead"]["tickets"]
        ]
        if rows:
            table = self._table((*heads, *filled), rows)
            yield f'<section id="ahead"><h2>{self.say("ahead")}</h2><p>{self.say("ahead_note")}</p>{table}</section>'

    def _changes(self, model: Model, current: Mapping[TicketField, Model], names: Taxonomy) -> Iterator[str]:
        others = {field: other for field, other in current.items() if other.version != model.version}
        if not others:
            return
        yield f'<section id="changes"><h2>{self.say("changes")}</h2><p>{self.say("changes_note")}</p>'
        for field, other in others.items():
            before, now = other.report.get("fields", {}).get(field.value), model.report["fields"].get(field.value)
            if before and now:
                yield f"<h3>{self._field(field.value)}: {escape(other.version)} → {escape(model.version)}</h3>"
                yield self._figures_changed(before, now)
                named = partial(names.known_as, field)
                yield self._classes_changed(*(_recalls(one["per_class"], named) for one in (before, now)))
        yield "</section>"

    def _figures_changed(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
        rows = []
        for name in ("accuracy", "macro_f1"):
            old, new = before["left_out"][name], now["left_out"][name]
            rows.append([self.say(name), self.share(old), self.share(new), self._moved(old, new)])
        old, new = (one["left_out"]["ece"] for one in (before, now))
        rows.append([self.say("ece"), self.number(old), self.number(new), self._error_moved(old, new)])
        for mode in ("auto", "preselect"):
            old, new = (one["modes"][mode]["left_out"]["coverage"] for one in (before, now))
            rows.append([self.say(mode), self.share(old), self.share(new), self._moved(old, new)])
        return self._table(("figure", "before", "now", "difference"), rows)

    def _classes_changed(self, before: Mapping[str, float], now: Mapping[str, float]) -> str:
        """Classes that came, went or are found more or less often."""
        told = [
            *(f"{self.say('came')}: {escape(name)}" for name in now if name not in before),
            *(f"{self.say('went')}: {escape(name)}" for name in before if name not in now),
        ]
        recalls = [(name, before[name], now[name]) for name in now if name in before]
        recalls = [one for one in recalls if abs(one[2] - one[1]) >= _TOLD]
        worst = sorted(recalls, key=lambda one: -abs(one[2] - one[1]))[:_MOST_CHANGED]
        rows = [[escape(name), self.share(a), self.share(b), self._moved(a, b)] for name, a, b in worst]
        table = self._table(("recall_of", "before", "now", "difference"), rows) if rows else ""
        return (f"<p>{'; '.join(told)}</p>" if told else "") + table

    def _moved(self, before: float | None, now: float | None) -> str:
        """In points of a hundred; more is better."""
        if before is None or now is None:
            return "–"
        return self._marked(now - before, f"{(now - before) * 100:+z.1f}")

    def _error_moved(self, before: float | None, now: float | None) -> str:
        if before is None or now is None:
            return "–"
        return self._marked(before - now, f"{now - before:+z.3f}")

    def _marked(self, gain: float, written: str) -> str:
        kind = "" if abs(gain) < _TOLD else ' class="better"' if gain > 0 else ' class="worse"'
        return f"<span{kind}>{self._decimal(written)}</span>"

    def _one(self, field: Mapping[str, Any]) -> Iterator[str]:
        if "curves" in field:
            yield f'<div class="charts">{self._reliability(field)}{self._curve(field)}</div>'
        yield f"<h3>{self.say('by_language')}</h3>{self._languages(field['left_out']['by_language'])}"
        yield f"<h3>{self.say('by_class')}</h3>{self._classes(field)}"
        if field.get("confusion"):
            yield f"<h3>{self.say('confusion')}</h3>{self._confusion(field['confusion'])}"
        if field.get("leaks"):
            yield f"<h3>{self.say('leaks')}</h3><p>{self.say('leaks_note')}</p>{self._leaks(field['leaks'])}"

    def _reliability(self, field: Mapping[str, Any]) -> str:
        axis = Axis(self._plain("confidence"), 0.0, 1.0, percents(0.0, 1.0, 5))
        points = [(one["confidence"], one["accuracy"]) for one in field["reliability"]]
        chart = line_chart(
            self._plain("reliability"),
            [Series(self._plain("tickets"), points, dots=True)],
            x=axis,
            y=Axis(self._plain("right"), 0.0, 1.0, axis.ticks),
            diagonal=True,
        )
        return self._figure("reliability", "reliability_note", chart)

    def _curve(self, field: Mapping[str, Any]) -> str:
        drawn = {mode: [(one["target"], one["coverage"]) for one in points] for mode, points in field["curves"].items()}
        if len(set(map(tuple, drawn.values()))) == 1:
            drawn = {"filled": next(iter(drawn.values()))}
        series = [Series(self._plain(name), points) for name, points in drawn.items()]
        chart = line_chart(
            self._plain("curve"),
            series,
            x=Axis(self._plain("target"), 0.6, 1.0, percents(0.6, 1.0, 4)),
            y=Axis(self._plain("filled"), 0.0, 1.0, percents(0.0, 1.0, 5)),
        )
        return self._figure("curve", "curve_note", chart)

    def _languages(self, by_language: Mapping[str, Any]) -> str:
        rows = [
            [
                escape(name),
                str(one["tickets"]),
                self.share(one["accuracy"]),
                self.share(one["macro_f1"]),
                self.number(one["ece"]),
            ]
            for name, one in by_language.items()
        ]
        return self._table(("language", "tickets", "accuracy", "macro_f1", "ece"), rows)

    def _classes(self, field: Mapping[str, Any]) -> str:
        bounds = field.get("bounds", {})
        rows = [
            [
                escape(name),
                str(one["tickets"]),
                self.share(one["precision"]),
                self.share(one["recall"]),
                self.share(bounds.get(name, {}).get("auto")),
                self.share(bounds.get(name, {}).get("preselect")),
            ]
            for name, one in sorted(field["per_class"].items(), key=lambda item: -item[1]["tickets"])
        ]
        return self._table(("class", "tickets", "precision", "recall", "auto_bound", "preselect_bound"), rows)

    def _confusion(self, pairs: Sequence[Mapping[str, Any]]) -> str:
        rows = [[escape(one["truth"]), escape(one["predicted"]), str(one["tickets"])] for one in pairs]
        return self._table(("truth", "predicted", "tickets"), rows)

    def _leaks(self, found: Sequence[Mapping[str, Any]]) -> str:
        rows = [
            [
                self.say(f"leak_{one['kind']}", key=one["key"]),
                escape(one["label"]),
                str(one["tickets"]),
                escape(", ".join(one["ticket_ids"])),
            ]
            for one in found
        ]
        return self._table(("leak", "class", "tickets", "such_as"), rows)

    def _figure(self, name: str, note: str, chart: str) -> str:
        return f"<figure><h3>{self.say(name)}</h3>{chart}<figcaption>{self.say(note)}</figcaption></figure>"

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """`heads` are names of phrases, cells are HTML."""
        head = "".join(f'<th scope="col">{self.say(name)}</th>' for name in heads)
        lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        return f'<div class="wide" role="group" tabindex="0">{table}</div>'

    def _field(self, name: str) -> str:
        return self.say(f"field_{name}")

    def _plain(self, name: str) -> str:
        return say(f"report.{name}", self._language)

    def _decimal(self, text: str) -> str:
        return text.replace(".", ",") if self._language is Language.PT else text


def _recalls(per_class: Mapping[str, Any], named: Callable[[str], str]) -> dict[str, float]:
    """How often each class is found, by its name of now; of classes that share one, what of all their tickets is.

    One of them taken for another counts as not found: the figures do not say which it was taken for.
    """
    tickets: dict[str, int] = {}
    found: dict[str, float] = {}
    for name, one in per_class.items():
        tickets[named(name)] = tickets.get(named(name), 0) + one["tickets"]
        found[named(name)] = found.get(named(name), 0.0) + one["tickets"] * (one["recall"] or 0.0)
    return {name: found[name] / max(1, many) for name, many in tickets.items()}
