"""The names that columns of a CSV file may have: the field's own, and those in Portuguese.

Letter case and accents do not matter, nor whether words are parted by spaces, hyphens or underscores.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from triagem.text.normalise import fold

# Every field with the other names of its column.
Columns = Mapping[str, Sequence[str]]

_PARTED: Final = re.compile(r"[\s_-]+")
TICKET_COLUMNS: Final[Columns] = {
    "id": ("código", "número", "protocolo"),
    "created_at": ("criado em", "aberto em", "data de criação", "data de abertura"),
    "closed_at": ("fechado em", "encerrado em", "data de fechamento", "data de encerramento"),
    "subject": ("assunto", "título"),
    "description": ("descrição",),
    "channel": ("canal",),
    "language": ("idioma",),
    "category": ("categoria",),
    "type": ("tipo",),
    "priority": ("prioridade",),
    "team": ("equipe", "time"),
    "requester": ("solicitante", "requerente"),
    "contract": ("contrato",),
    "resolution": ("solução", "resolução"),
    "article_ids": ("artigos",),
    "reopened": ("reaberto",),
    "provenance": (),
}
ARTICLE_COLUMNS: Final[Columns] = {
    "id": ("código",),
    "title": ("título",),
    "language": ("idioma",),
    "markdown": (),
    "html": (),
    "text": ("texto", "conteúdo"),
    "kind": (),
    "audience": (),
    "category": ("categoria",),
    "tags": ("etiquetas",),
    "url": ("endereço",),
    "updated_at": ("atualizado em", "data de atualização"),
    "source": (),
}
# Of a file to measure with: labelled tickets, or queries with the articles that answer them.
CASE_COLUMNS: Final[Columns] = {**TICKET_COLUMNS, "query": ("consulta", "pergunta"), "article_id": ("artigo",)}


def fields_of(header: Sequence[str], columns: Columns) -> list[str]:
    """Which field each column holds; a name that is none of `columns` stays, without the spaces around it."""
    fields = {_plain(name): field for field, others in columns.items() for name in (field, *others)}
    return [fields.get(_plain(name), name.strip()) for name in header]


def _plain(name: str) -> str:
    return _PARTED.sub(" ", fold(name)).strip()
