"""Chromium and the sample desk behind a real service, for what is measured or shown in pages."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_STARTED_WITHIN_S = 60.0


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window; without it the program says so and ends well."""
    path = shutil.which("chromium")
    if path is None:
        print("skipped: Chromium is not installed (apt-get install chromium)")
        sys.exit(0)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def sample_desk() -> Iterator[str]:
    """The address of a service, in a process of its own, on what `triagem demo` leaves."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        triagem = [sys.executable, "-m", "triagem", "--data-dir", folder]
        subprocess.run([*triagem, "demo", "--no-serve"], check=True, capture_output=True)
        service = subprocess.Popen([*triagem, "serve", "--port", str(port)], stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(address, service)
            yield address
        finally:
            service.terminate()
            service.wait()


def sample_folder() -> Path:
    """The sample company's files."""
    return Path(__file__).resolve().parents[1] / "kb_articles"


def _wait_until_ready(address: str, service: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTED_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            if service.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
