"""Every page there is, by the router of its module; the one for unknown addresses is last."""

from typing import Final

from fastapi import APIRouter

from service.pages import sign_in, static, tour, unknown
from service.pages.admin import (
    imports,
    keys,
    knowledge,
    labels,
    log,
    models,
    overview,
    quality,
    replay,
    settings,
    targets,
)
from service.pages.agent import routes as agent

ROUTERS: Final[tuple[APIRouter, ...]] = (
    static.router,
    tour.router,
    sign_in.router,
    agent.router,
    overview.router,
    knowledge.router,
    imports.router,
    labels.router,
    models.router,
    replay.router,
    targets.router,
    quality.router,
    keys.router,
    settings.router,
    log.router,
    unknown.router,
)
