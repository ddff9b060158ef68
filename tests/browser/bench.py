"""The bench that browser tests stand on: a service over real HTTP, Chromium, and what every page is held to."""

import asyncio
import fcntl
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.admission import refuse
from service.app import create_app
from service.pages.refusal import Refusal
from service.runner import LOCK_FILE
from triagem.settings import Settings

NO_CHROMIUM = (
    "Chromium is not installed, and these tests look at pages in it. On Debian and Ubuntu: apt-get install chromium; "
    "to leave them out: pytest -m 'not browser'"
)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
_AXE = Path(__file__).with_name("vendor") / "axe-core" / "axe.min.js"
# Tells what a page's policy forbade; the console does not always.
_TELL_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (event) =>
    console.error('policy violated: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))"""


class Width(Enum):
    """The two sizes at which every page is looked at."""

    PHONE = (390, 844)
    DESKTOP = (1280, 800)


@dataclass(slots=True)
class Weather:
    """What befalls calls under /v1 inside the service, and with `pages` those of the pages too.

    Each takes `delay_s` longer, and as long as `held`; `overloaded` refuses it; with `late` it is done, but its answer
    comes after the deadline. With `only`, a method, the others are spared; with `within`, all but paths that end so.
    """

    delay_s: float = 0.0
    held: bool = False
    overloaded: bool = False
    late: bool = False
    pages: bool = False
    only: str = ""
    within: str = ""
    calls: list[str] = field(default_factory=list)


class Weathered:
    """The innermost layer of the service: what stands around it treats its refusals as those of a full service."""

    def __init__(self, app: ASGIApp, weather: Weather) -> None:
        self._app, self._weather = app, weather

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._befalls(scope["method"], scope["path"]):
            self._weather.calls.append(f"{scope['method']} {scope['path']}")
            await asyncio.sleep(self._weather.delay_s)
            while self._weather.held:
                await asyncio.sleep(0.02)
            if self._weather.overloaded:
                await refuse(scope, send, Refusal.FULL)
                return
            if self._weather.late:
                await self._app(scope, receive, _to_nobody)
                raise TimeoutError
        await self._app(scope, receive, send)

    def _befalls(self, method: str, path: str) -> bool:
        if self._weather.only not in ("", method) or not path.endswith(self._weather.within):
            return False
        return path.startswith("/v1/") or (self._weather.pages and not path.startswith("/static/"))


async def _to_nobody(_: Message) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers at `address` from `data_dir`."""

    address: str
    data_dir: Path
    weather: Weather


@contextmanager
def serve(data_dir: Path, *, port: int = 0, **settings: Any) -> Iterator[Running]:
    """A service in a thread of this process, on a free port of loopback or the given one, until the block ends."""
    weather = Weather()
    app = create_app(Settings(data_dir=data_dir, **settings))
    app.user_middleware.append(Middleware(Weathered, weather=weather))
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the service did not start"
                time.sleep(0.01)
            yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", data_dir, weather)
        finally:
            server.should_exit = True
            thread.join()


class Trouble(StrEnum):
    """What may befall a service. What comes `LATE` was done."""

    SLOW = "slow"
    OVERLOADED = "overloaded"
    LATE = "late"
    DOWN = "down"


class Station:
    """A service that gets into trouble, goes away and comes back at the same address; runs that it is asked for wait.

    With `pages` its pages are befallen too, not only calls under /v1.
    """

    def __init__(self, data_dir: Path, *, pages: bool) -> None:
        self._data_dir, self._pages = data_dir, pages
        # As if another process of the service did the long work, which here nobody does.
        self._lock = (data_dir / LOCK_FILE).open("w")
        fcntl.flock(self._lock.fileno(), fcntl.LOCK_EX)
        self.running = self._start(0)

    def _start(self, port: int) -> Running:
        self._open = ExitStack()
        running = self._open.enter_context(serve(self._data_dir, port=port))
        running.weather.pages = self._pages
        return running

    def close(self) -> None:
        self._open.close()
        self._lock.close()

    def turn(self, trouble: Trouble, *, within: str = "") -> None:
        """From now on until `clear`; with `within` only for paths that end so, but what is down is down for all."""
        weather = self.running.weather
        weather.calls.clear()
        weather.held, weather.overloaded = trouble is Trouble.SLOW, trouble is Trouble.OVERLOADED
        weather.late, weather.within = trouble is Trouble.LATE, within
        if trouble is Trouble.DOWN:
            self._open.close()

    def clear(self, trouble: Trouble | None = None) -> None:
        if trouble is Trouble.DOWN:
            self.running = self._start(urlsplit(self.running.address).port or 0)
        weather = self.running.weather
        weather.delay_s, weather.held, weather.overloaded, weather.late = 0.0, False, False, False
        weather.only, weather.within = "", ""


def launch(playwright: Playwright) -> Browser | None:
    """Debian's Chromium without a window; None where it is not installed."""
    path = shutil.which("chromium")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) if path else None


class Visitor:
    """Opens pages, and remembers what went wrong on any of them.

    Errors on the console, uncaught exceptions, violated policies and requests to other machines are faults; a test that
    provokes one says so by `expects`.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []
        self._faults: list[str] = []

    def open(self, address: str, *, width: Width = Width.DESKTOP, locale: str = "pt-BR", **context: Any) -> Page:
        """A page of a new visitor without history. `context` goes to `Browser.new_context`."""
        opened = self._browser.new_context(
            viewport={"width": width.value[0], "height": width.value[1]},
            locale=locale,
            reduced_motion="reduce",
            **context,
        )
        opened.set_default_timeout(10_000)
        opened.add_init_script(_TELL_VIOLATIONS)
        opened.on("console", self._heard)
        opened.on("weberror", lambda error: self._faults.append(f"uncaught: {error.error}"))
        opened.on("request", self._asked)
        self._contexts.append(opened)
        page = opened.new_page()
        page.goto(address)
        return page

    def expects(self, fault: str) -> None:
        """Faults that hold this text are what the test is about."""
        self._expected.append(fault)

    def faults(self) -> list[str]:
        """What went wrong and was not expected."""
        return [fault for fault in self._faults if not any(known in fault for known in self._expected)]

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._faults.append(f"console: {message.text} {message.location.get('url', '')}")

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("127.0.0.1", "localhost", None):
            self._faults.append(f"outside: {request.url}")


def barriers(page: Page) -> list[str]:
    """What keeps people out of the page as it stands now, found by axe-core; 0 is the norm."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflowing(page: Page) -> int:
    """By how many pixels the page is wider than the screen; 0 is the norm."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def screenshot(page: Page, name: str) -> Path:
    """Writes the whole page to `build/screenshots/<name>.png`, to be looked at by a person."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
