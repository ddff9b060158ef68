"""Every setting of Triagem, read once from `TRIAGEM_*` environment variables by the entry modules.

Below an entry module settings travel as plain values; nothing else reads the environment.
"""

import getpass
import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from triagem.types import Language

# Ends the name of who typed a command.
COMMAND_LINE: Final = " (command line)"
_DESK_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)


def _fit_for_a_desk(name: str) -> str:
    if not _DESK_NAME.fullmatch(name):
        raise ValueError("a desk's name is 1 to 63 of a-z, 0-9, - and _, and begins with a letter or digit")
    return name


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


def _spoken(value: object) -> object:
    if value not in {Language.PT, Language.EN}:
        raise ValueError("it must be 'pt' or 'en'")
    return value


def _named(value: object) -> object:
    if value == "":
        raise ValueError("it is empty; name a folder, or leave it out for ./data")
    return value


_OptionalPath = Annotated[Path | None, BeforeValidator(_none_if_empty)]


class Settings(BaseSettings):
    """One process's settings. Unknown `TRIAGEM_*` variables are ignored, wrong values refused with their name."""

    model_config = SettingsConfigDict(env_prefix="TRIAGEM_")

    data_dir: Annotated[Path, BeforeValidator(_named)] = Field(
        default=Path("data"), description="Where the database, indexes and models live."
    )
    desk: Annotated[str, AfterValidator(_fit_for_a_desk), Field(description="The desk that commands act on.")] = "main"
    encoder: str = Field(
        default="default",
        description="'default' (shipped weights), 'hashing' (tests), a folder with encoder.json, or a "
        "sentence-transformers name or path.",
    )
    threads: int = Field(default=0, ge=0, le=256, description="Threads of the encoder in one process; 0: every core.")
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port the service listens on.")
    workers: int = Field(default=1, ge=1, le=64, description="Service processes.")
    max_waiting: int = Field(default=256, ge=1, description="Requests admitted at once; the rest get 503 at once.")
    request_timeout_s: float = Field(default=10.0, gt=0, description="A request's deadline.")
    form_asks_per_minute: int = Field(
        default=600,
        ge=0,
        le=1_000_000,
        description="Suggestions, articles and reports by one address with a key bound to pages; a key: twenty times. "
        "0: no limit.",
    )
    form_sends_per_minute: int = Field(
        default=60,
        ge=0,
        le=1_000_000,
        description="Requests sent by one address with such a key; a key gets twenty times as many. 0: no limit.",
    )
    language: Annotated[Literal[Language.PT, Language.EN], BeforeValidator(_spoken)] = Field(
        default=Language.PT, description="What is spoken to a requester whose language cannot be told: 'pt' or 'en'."
    )
    checklist: _OptionalPath = Field(default=None, description="A file of what to ask for, instead of the shipped one.")
    priority: _OptionalPath = Field(
        default=None,
        description="A file of how signs make a priority, instead of the shipped one.",
    )
    sla: _OptionalPath = Field(default=None, description="A file of service levels, instead of the shipped one.")
    synonyms: _OptionalPath = Field(
        default=None,
        description="A file of words that mean the same, beside the shipped ones: a = b, c; or a folder of such files, "
        "<desk>.txt for each desk.",
    )
    holdout: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="Share of sessions at the form that see no articles, by lot, to measure what articles spare.",
    )
    auto_precision: float = Field(default=0.95, gt=0, lt=1, description="Target precision of mode 'auto'.")
    preselect_precision: float = Field(default=0.80, gt=0, lt=1, description="Target precision of mode 'preselect'.")
    keep_texts_days: int = Field(
        default=90,
        ge=0,
        le=3650,
        description="So long the masked texts of triaged requests are kept, to be learned from when they are "
        "corrected; 0: not at all.",
    )
    retrain_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="Train by itself when the last training is so old and what would be learned changed; 0: never.",
    )


def operator() -> str:
    """Who types a command, for the records: the name the operating system knows them by."""
    return getpass.getuser() + COMMAND_LINE
