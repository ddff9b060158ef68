"""Reads a file of rules: the desk's own if it has one, else the one that is shipped beside these modules.

What the rules say and who applies them stands with each kind of rule.
"""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from triagem.errors import InvalidInput

_SHIPPED = Path(__file__).parent


class Rules(BaseModel):
    """A table of a rules file. A name nobody knows is refused, so that a slip of the pen does not pass as a rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Read = TypeVar("Read", bound=Rules)


def read_rules(model: type[Read], path: Path | None, *, shipped: str) -> Read:
    """The rules in `path`, or in the shipped file if it is None. Raises `InvalidInput` naming file, place and rule."""
    file = path or _SHIPPED / shipped
    try:
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise InvalidInput(f"{file}: {place}: {first['msg'].removeprefix('Value error, ')}.") from None
