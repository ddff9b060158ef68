"""What several routes share: ids in paths, and which problems a route can answer with."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator

from service.errors import MEDIA_TYPE, Problem
from service.schemas.base import LanguageTag, Text
from triagem.search.records import ID
from triagem.text.normalise import one_form

Responses = dict[int | str, dict[str, Any]]

# Anything that a line of text may hold, slashes too where the route takes the rest of the path.
PathId = Annotated[Text, AfterValidator(one_form), Path(min_length=1, max_length=ID)]

# An empty one is none, as a list on a page sends it where nothing was chosen.
LanguageQuery = Annotated[LanguageTag | Literal[""] | None, Query()]

_EVERYWHERE = (400, 401, 403, 408, 413, 422, 500, 503)


def problems(*also: int, others: Responses | None = None) -> Responses:
    """The `responses` of a route: the problems that any route can have, those of `also`, and what `others` hold."""
    described: Responses = {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
        }
        for status in sorted({*_EVERYWHERE, *also})
    }
    return described | (others or {})
