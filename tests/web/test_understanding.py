"""A long request is read beside the event loop, so that the short ones do not wait for it."""

import asyncio
import time

import pytest

from service import answering
from service.answering import Asked
from service.state import open_state
from tests.web.conftest import Site

LONG = "Meu telefone é (11) 98765-4321 e o CPF 529.982.247-25.\n" * 350


@pytest.mark.parametrize("text", ["Ligue para (11) 98765-4321", LONG])
def test_a_text_is_read_alike_however_long_it_is(open_site: Site, text: str) -> None:
    async def read() -> None:
        state = await open_state(open_site.settings)
        understood = await state.understand(Asked("", text))
        state.close()
        assert understood == answering.understand(Asked("", text))
        assert "98765" not in understood.text

    asyncio.run(read())


def test_a_long_text_takes_nearly_nothing_of_the_event_loops_time(open_site: Site) -> None:
    async def read() -> tuple[float, float]:
        state = await open_state(open_site.settings)
        began = time.thread_time()
        answering.understand(Asked("", LONG))
        here = time.thread_time()
        await state.understand(Asked("", LONG))
        aside = time.thread_time()
        state.close()
        return here - began, aside - here

    in_the_loop, aside = asyncio.run(read())
    assert aside < in_the_loop / 4
