"""What the commands of learning print: models as lines and as records, figures as tables, a bar while it takes long."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from tqdm import tqdm

from triagem.progress import Progress
from triagem.store.models import Model, Promotion
from triagem.triage.gate import COMMONEST, FieldVerdict
from triagem.triage.objection import parts_named, sentence
from triagem.triage.standing import Standing
from triagem.triage.targets import Covered, Effect
from triagem.types import Language

# Of a long list the first few show what is amiss; programs get all.
_MISSED, _UNKNOWN = 10, 5
_SHOWN_SHARES = (
    ("shown to a requester", "share_of_answerable", " of the answerable"),
    ("right first when shown", "right_when_shown", ""),
    ("right first but hidden", "right_but_hidden", " of the right first"),
    ("answered with nothing", "answered_nothing", " of all"),
    ("and rightly so", "rightly_answered_nothing", " of those answered with nothing"),
    ("nothing shown, rightly", "nothing_where_nothing_helps", " of those that nothing answers"),
)


@contextmanager
def bar() -> Iterator[Progress]:
    """Progress on stderr, where that is a terminal."""
    with tqdm(total=100, disable=None, leave=False, bar_format="{desc} {percentage:3.0f}% |{bar}| {elapsed}") as shown:

        def show_progress(share: float, what: str) -> None:
            shown.set_description_str(what, refresh=False)
            shown.n = round(100 * share)
            shown.refresh()

        yield show_progress


def answering(model: Model, current: Promotion | None) -> list[str]:
    """The fields that a model answers now."""
    return [name for name, version in (current.assignments if current else {}).items() if version == model.version]


def as_record(model: Model, current: Promotion | None) -> dict[str, Any]:
    """A model for programs, without its report."""
    record = asdict(model)
    del record["report"]
    fields = {name: field["left_out"] for name, field in model.report["fields"].items()}
    return {
        **record,
        "created_at": model.created_at.isoformat(),
        "answers": answering(model, current),
        "metrics": fields,
    }


def promotion_record(promotion: Promotion) -> dict[str, Any]:
    """Which version answers each field from now on, as it is told over HTTP."""
    return {
        "promotion_id": promotion.id,
        "assignments": promotion.assignments,
        "actor": promotion.actor,
        "why": promotion.why,
        "created_at": promotion.created_at.isoformat(),
    }


def summary(model: Model) -> str:
    """Its accuracies in a line."""
    return "  ".join(
        f"{name} {per_cent(field['left_out']['accuracy']).strip()}" for name, field in model.report["fields"].items()
    )


def table(model: Model) -> Iterator[str]:
    """Its figures, a line for each field."""
    yield f"{'field':<10} tickets  classes  accuracy  majority  macro-F1   ECE   (each ticket by a model without it)"
    for name, field in model.report["fields"].items():
        found = field["left_out"]
        yield (
            f"{name:<10} {field['tickets']:>7}  {field['classes']:>7}  {per_cent(found['accuracy'])}  "
            f"{per_cent(found['majority_accuracy'])}  {per_cent(found['macro_f1'])}  {_error(found['ece'])}"
        )


def newest_table(model: Model) -> Iterator[str]:
    """The newest tickets, a line for each field; nothing where it was learned from names alone."""
    fields = {name: one for name, one in model.report["fields"].items() if one["ahead"]["tickets"]}
    if not fields:
        return
    yield "On the newest tickets, by a model of the earlier ones alone:"
    yield f"{'field':<10} tickets  accuracy  majority  macro-F1   ECE  filled  rightly  preselected  rightly"
    for name, field in fields.items():
        found, auto, preselect = field["ahead"], *(field["modes"][mode]["ahead"] for mode in ("auto", "preselect"))
        yield (
            f"{name:<10} {found['tickets']:>7}  {per_cent(found['accuracy'])}  {per_cent(found['majority_accuracy'])}  "
            f"{per_cent(found['macro_f1'])}  {_error(found['ece'])} {per_cent(auto['coverage'])[1:]} "
            f"{per_cent(auto['precision'])}     {per_cent(preselect['coverage'])} {per_cent(preselect['precision'])}"
        )


def tickets_table(found: dict[str, Any]) -> Iterator[str]:
    """An evaluation on tickets."""
    yield f"{found['tickets']} tickets; {found['already_stored']} more stand in the store and were left out"
    yield f"{'field':<10} {'language':<9} tickets  accuracy  macro-F1   ECE"
    for name, field in found["fields"].items():
        for language, part in {"all": field, **field["by_language"]}.items():
            yield (
                f"{name:<10} {language:<9} {part['tickets']:>7}  {per_cent(part['accuracy'])}  "
                f"{per_cent(part['macro_f1'])}  {part['ece']:.3f}"
            )


def pairs_table(found: dict[str, Any]) -> Iterator[str]:
    """An evaluation on pairs of query and article."""
    if found["all"]["queries"]:
        yield f"{'language':<9} queries  nDCG@10 (95 %)        R@1    R@3    MRR"
    else:
        yield "None of these queries has an article that answers it, so there is no order to measure."
    for language, part in {"all": found["all"], **found["by_language"]}.items():
        if not part["queries"]:
            continue
        low, high = part["ndcg@10"]["interval"]
        others = "  ".join(f"{part[name]['mean']:.3f}" for name in ("recall@1", "recall@3", "mrr"))
        yield f"{language:<9} {part['queries']:>7}  {part['ndcg@10']['mean']:.3f} ({low:.3f}-{high:.3f})  {others}"
    yield from _shown_table({"all": found["shown"], **found["shown"]["by_language"]})
    if missed := found["missed"]:
        yield f"another article first    {len(missed)} of {found['all']['queries']}"
    for one in missed[:_MISSED]:
        place = f"place {one['place']}" if one["place"] else "not among the first ten"
        yield f"  {one['query']}"
        yield f"    first {one['found'] or '-'}, wanted {', '.join(one['article_ids'])} ({place})"
    if len(missed) > _MISSED:
        yield f"  ... and {len(missed) - _MISSED} more; --json has all"


def _shown_table(parts: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What the form's threshold does to the queries, in a column for all and for each language."""

    def line(name: str, cells: Iterable[str], remark: str = "") -> str:
        return f"{name:<24} {''.join(cells)}{remark}".rstrip()

    yield line("", (f"{language:>8}" for language in parts))
    for name, what in (("queries", "queries"), ("that nothing answers", "unanswerable")):
        yield line(name, (f"{part[what]:>8}" for part in parts.values()))
    for name, what, remark in _SHOWN_SHARES:
        yield line(name, (per_cent(part[what]) for part in parts.values()), remark)
    for name, what in (("ECE", "calibration_error"), ("ECE by chance", "calibration_error_by_chance")):
        yield line(name, (f"{part[what]:>8.3f}" for part in parts.values()))


def unknown_articles_line(unknown: Sequence[str]) -> str:
    """A remark on ids that the pairs name and the desk does not have."""
    named = ", ".join(unknown[:_UNKNOWN]) + (", ..." if len(unknown) > _UNKNOWN else "")
    return f"Named by the pairs, but no article of this desk, so never found: {len(unknown)} ({named})"


def standing_lines(one: Standing) -> Iterator[str]:
    """A field's targets, and what others would fill."""
    asked = f"auto {one.targets.auto:.1%}, preselect {one.targets.preselect:.1%}"
    if one.version is None:
        yield f"{one.field.value}: {asked}; nothing answers it yet"
        return
    yield f"{one.field.value}: {asked}; {one.version} answers"
    yield "  mode       target    filled  rightly  open classes"
    for mode, points in one.curves.items():
        for point in points:
            yield f"  {mode.value:<9} {point.target:>7.1%}  {_covered(point.covered)}  {point.covered.open_classes:>12}"


def effect_lines(one: Effect) -> Iterator[str]:
    """What another target changes in a mode."""
    yield f"{one.mode.value:<9} now   {_covered(one.before)} right, {one.before.open_classes} classes"
    yield f"{'':<9} then  {_covered(one.after)} right, {one.after.open_classes} classes"
    for word, names in (("opens", one.opened), ("closes", one.closed)):
        if names:
            yield f"{'':<9} {word} {', '.join(names)}"


def _covered(found: Covered) -> str:
    return f"{found.coverage:>8.1%} {per_cent(found.precision)}"


def per_cent(share: float | None) -> str:
    """Eight characters wide."""
    return "       -" if share is None else f"{share:>8.1%}"


def _error(ece: float | None) -> str:
    return "    -" if ece is None else f"{ece:.3f}"


def verdict_line(one: FieldVerdict) -> str:
    """What the gate found of a field."""
    untold = parts_named(one.untold_classes, one.untold_languages, Language.EN)
    return f"{one.field.value}: {_verdict(one)}{f'; too few tickets to tell: {untold}' if untold else ''}"


def _verdict(one: FieldVerdict) -> str:
    if one.objection is not None:
        return f"does not pass, {sentence(one.objection, Language.EN)}"
    found = one.comparison
    if one.against == COMMONEST:
        return f"better than always naming {COMMONEST}"
    gains = (
        f"better by {found.difference:.1%}"
        if found.is_better
        else f"no worse ({found.gained} gained, {found.lost} lost)"
    )
    return f"{gains} than {one.against}, compared on {found.tickets} tickets"
