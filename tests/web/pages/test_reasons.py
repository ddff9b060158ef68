"""Why lines and files are refused is told in Portuguese too: every sentence with which the library does so is known."""

import ast
import inspect
from types import ModuleType

import pytest

from indexer import imports, sources, survey, sync
from service.pages.reasons import in_portuguese
from triagem.search import dates, ingest, records, records_file, rows
from triagem.text import bounds, frontmatter, normalise

MODULES = [records, dates, survey, ingest, normalise, bounds, frontmatter, imports, records_file, rows, sources, sync]
# What is told of a line or a file without an error.
NOTED = ("has the same id", "Its id ")
# These end the whole run: it has a sentence for such a failure.
OF_WHOLE_RUNS = {
    "is not a file",
    "give a file ending in",
    "is a workbook",
    "does not exist",
    "holds no article",
    "is a link out of",
}


def _said(module: ModuleType) -> list[str]:
    """The sentences of a module's refusals; what they fill in is 7, or a sentence where they quote one."""
    found = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        refuses = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "InvalidInput"
        notes = isinstance(node, ast.JoinedStr) and any(part in ast.unparse(node) for part in NOTED)
        named = isinstance(node, ast.Constant) and node.value == sources.LEADS_OUT
        if refuses and isinstance(node, ast.Call) and node.args:
            found.append(_text(node.args[0]))
        elif notes or named:
            found.append(_text(node))
    return [said for said in found if said and not any(known in said for known in OF_WHOLE_RUNS)]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.FormattedValue):
        written = ast.unparse(node.value)
        return {"order.value": "day-first", "error": "The line is not a JSON object."}.get(written, "7")
    return "".join(_text(part) for part in node.values) if isinstance(node, ast.JoinedStr) else ""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_sentence_of_a_refusal_is_known(module: ModuleType) -> None:
    said = _said(module)
    assert said
    assert [one for one in said if in_portuguese(one) is None] == []


@pytest.mark.parametrize(
    ("english", "portuguese"),
    [
        ("The line is not JSON: Expecting value at column 3.", "A linha não é JSON: há um erro na coluna 3."),
        ("The line is not JSON: NaN is not a number.", "A linha não é JSON: NaN não é um número."),
        ("kind must be one of: how-to, faq.", "kind precisa ser um destes: how-to, faq."),
        (
            'id ("Número") is missing; it must be a non-empty string.',
            'Falta id ("Número"); é um texto que não pode ficar vazio.',
        ),
        (
            'created_at ("Aberto em") is missing; give an ISO 8601 date and time.',
            'Falta created_at ("Aberto em"); dê data e hora, como 2026-03-05T14:30:00-03:00.',
        ),
        (
            'subject ("Assunto") and description are both empty; one of them must say something.',
            'subject ("Assunto") e description estão vazios; um dos dois precisa dizer algo.',
        ),
        ("The line is longer than 8 MiB.", "A linha passa de 8 MiB."),
        ("subject is longer than 1000 characters.", "subject passa de 1000 caracteres."),
        (
            "Article 'a': A paragraph has more than 2000 links; split it.",
            "Artigo 'a': Um parágrafo tem mais de 2000 links; divida-o.",
        ),
        (
            "created_at can be read with the day or the month first, and no other date settles which. Write it as "
            "2026-03-05, or say which it is: --dates day-first or --dates month-first.",
            "created_at pode ter o dia ou o mês primeiro, e nenhuma outra data esclarece qual. Escreva como "
            "2026-03-05, ou escolha a ordem das datas ao importar.",
        ),
        (
            "Unknown fields: 'código'. Known are: id, title. Correct the names, or choose on import to pass over "
            "columns or fields that are not known (--known-only).",
            "Campos desconhecidos: 'código'. Os conhecidos são: id, title. Corrija os nomes ou escolha, ao importar, "
            "deixar de lado colunas ou campos que não são conhecidos.",
        ),
        (
            "More than one column is subject: 'Título', 'Assunto'; keep one of them.",
            "Mais de uma coluna é subject: 'Título', 'Assunto'; deixe só uma.",
        ),
        # As runs of older versions keep them.
        (
            "created_at can be read with the day or the month first. Write it as 2026-03-05, or say on import which it "
            "is: --dates day-first or --dates month-first.",
            "created_at pode ter o dia ou o mês primeiro. Escreva como 2026-03-05, ou escolha a ordem das datas ao "
            "importar.",
        ),
        (
            "Unknown fields: 'código', 'aberto em'. Known are: id, created_at.",
            "Campos desconhecidos: 'código', 'aberto em'. Os conhecidos são: id, created_at.",
        ),
        ("Article 'a': nobody knows this.", None),
        ("Nobody knows this.", None),
    ],
)
def test_a_reason_is_told_with_what_it_names(english: str, portuguese: str | None) -> None:
    assert in_portuguese(english) == portuguese
