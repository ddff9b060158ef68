"""The settings that the service runs with, and what each one means; they are changed where it is started."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from service.pages.render import page
from service.pages.routing import AdminVisit, PageRoute
from triagem.settings import Settings

router = APIRouter(prefix="/admin/settings", include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Line:
    """One setting; `variable` is the environment variable that sets it."""

    name: str
    variable: str
    value: str
    default: str

    @property
    def is_changed(self) -> bool:
        return self.value != self.default


@router.get("")
async def show(visited: AdminVisit) -> Response:
    return page("admin/settings.html", visited, lines=lines(visited.state.settings))


def lines(settings: Settings) -> list[Line]:
    """Every setting in the order in which they are declared."""
    prefix = Settings.model_config["env_prefix"]
    return [
        Line(name, f"{prefix}{name}".upper(), _written(getattr(settings, name)), _written(field.get_default()))
        for name, field in Settings.model_fields.items()
    ]


def _written(value: object) -> str:
    return "–" if value is None else str(value)
