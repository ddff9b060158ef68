"""The names that columns of a CSV file may have: the field's own, and others in Portuguese and in English.

Among the others are those that exports of GLPI, Zendesk, Freshdesk and Jira write. Letter case and accents do not
matter, nor whether words are parted by spaces, hyphens or underscores.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from triagem.text.normalise import fold
from triagem.types import Language

# Every field with the other names of its column, by their language.
Columns = Mapping[str, Mapping[Language, Sequence[str]]]

_PARTED: Final = re.compile(r"[\s_-]+")
_PT, _EN = Language.PT, Language.EN
# Whom a ticket is assigned to is not its team, and that it was solved, which may be taken back, not that it was closed;
# what Jira calls resolved is its end.
TICKET_COLUMNS: Final[Columns] = {
    "id": {_PT: ("código", "número", "protocolo"), _EN: ("ticket id", "issue key")},
    "created_at": {
        _PT: ("criado em", "aberto em", "data de criação", "data de abertura"),
        _EN: ("created", "created time", "date created", "opening date"),
    },
    "closed_at": {
        _PT: ("fechado em", "encerrado em", "data de fechamento", "data de encerramento"),
        _EN: ("closed time", "closing date", "resolved"),
    },
    "subject": {_PT: ("assunto", "título"), _EN: ("title", "summary")},
    "description": {_PT: ("descrição",)},
    "channel": {_PT: ("canal",)},
    "language": {_PT: ("idioma",)},
    "category": {_PT: ("categoria",)},
    "type": {_PT: ("tipo",), _EN: ("ticket type", "issue type")},
    "priority": {_PT: ("prioridade",)},
    "team": {
        _PT: ("equipe", "grupo", "atribuído - grupo técnico"),
        _EN: ("group", "assigned group", "assignee group", "assigned to - technician group"),
    },
    "requester": {
        _PT: ("solicitante", "requerente", "requerente - requerente"),
        _EN: ("requester - requester",),
    },
    "contract": {_PT: ("contrato",)},
    "resolution": {_PT: ("solução", "resolução", "solução - solução"), _EN: ("solution", "solution - solution")},
    "article_ids": {_PT: ("artigos",)},
    "reopened": {_PT: ("reaberto",)},
    "provenance": {},
}
ARTICLE_COLUMNS: Final[Columns] = {
    "id": {_PT: ("código",)},
    "title": {_PT: ("título",)},
    "language": {_PT: ("idioma",)},
    "markdown": {},
    "html": {},
    "text": {_PT: ("texto", "conteúdo")},
    "kind": {},
    "audience": {},
    "category": {_PT: ("categoria",)},
    "tags": {_PT: ("etiquetas",)},
    "url": {_PT: ("endereço",)},
    "updated_at": {_PT: ("atualizado em", "data de atualização")},
    "source": {},
}
# Of a file to measure with: labelled tickets, or queries with the articles that answer them.
CASE_COLUMNS: Final[Columns] = {
    **TICKET_COLUMNS,
    "query": {_PT: ("consulta", "pergunta")},
    "article_id": {_PT: ("artigo",)},
}


def fields_of(header: Sequence[str], columns: Columns) -> list[str]:
    """Which field each column holds; a name that is none of `columns` stays, without the spaces around it."""
    fields = {
        _plain(name): field
        for field, others in columns.items()
        for name in (field, *chain.from_iterable(others.values()))
    }
    return [fields.get(_plain(name), name.strip()) for name in header]


def _plain(name: str) -> str:
    return _PARTED.sub(" ", fold(name)).strip()
