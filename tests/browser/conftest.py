"""Chromium and the sample desk for every test of a page; what the fixtures are made of stands in `bench`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.bench import NO_CHROMIUM, Running, Visitor, launch, serve

_HERE = Path(__file__).parent
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.browser)


# Not for the session: Playwright keeps an event loop in this thread, and other tests run their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        if started is None:
            pytest.fail(NO_CHROMIUM, pytrace=False)
        yield started
        started.close()


@pytest.fixture(scope="session")
def sample_desk(request: pytest.FixtureRequest) -> Path:
    """The sample desk as `triagem demo` leaves it, to be copied.

    It takes half a minute to make: while you write tests, keep one and name its folder by TRIAGEM_TEST_DESK.
    """
    kept = os.environ.get("TRIAGEM_TEST_DESK")
    return Path(kept) if kept else Path(request.getfixturevalue("demonstrated")[0])


@pytest.fixture(scope="module")
def desk(sample_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sample desk, served without keys; one for all tests of a module, which see what others of it left there."""
    data_dir = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(sample_desk, data_dir)
    with serve(data_dir) as running:
        yield running


@pytest.fixture
def own_desk(sample_desk: Path, tmp_path: Path) -> Iterator[Running]:
    """The sample desk for one test alone, to be changed or given keys."""
    data_dir = tmp_path / "data"
    shutil.copytree(sample_desk, data_dir)
    with serve(data_dir) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens pages; the test fails if one of them has a fault that it did not expect."""
    one = Visitor(browser)
    yield one
    one.close()
    assert one.faults() == []
