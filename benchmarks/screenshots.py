"""Takes the README's pictures of the three faces from the sample desk, in both schemes of colour where it matters.

Run it with: python -m benchmarks.screenshots
"""

from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.browser import chromium, sample_desk

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
_MOST_BYTES = 150_000
_PROBLEM = "o aplicativo fecha sozinho quando abro a camera"


def _open(browser: Browser, address: str, *, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, locale="pt-BR").new_page()
    page.goto(address)
    return page


def form(browser: Browser, address: str) -> Page:
    """A requester on a telephone, with articles beside the words."""
    page = _open(browser, address, width=412, height=860)
    field = page.locator("triagem-help textarea")
    field.press_sequentially(_PROBLEM, delay=20)
    page.locator("triagem-help .title").first.wait_for()
    field.evaluate("field => scrollBy(0, field.getBoundingClientRect().top - 40)")
    return page


def agent(browser: Browser, address: str) -> Page:
    """The ticket that the requester sent, as an agent sees it."""
    page = _open(browser, address, width=1120, height=760)
    page.get_by_label("Assunto").fill("App fecha sozinho")
    page.locator("triagem-help textarea").fill(f"{_PROBLEM}, no Android 14, desde ontem")
    page.locator("triagem-help form .main").last.click()
    page.get_by_text("F-").wait_for()
    page.goto(f"{address}/agent?order=newest")
    page.locator("a[data-row]").first.click()
    page.wait_for_url("**/agent/**")
    page.wait_for_load_state("networkidle")
    return page


def admin(browser: Browser, address: str) -> Page:
    """The console's first page."""
    page = _open(browser, f"{address}/admin", width=1120, height=760)
    page.wait_for_load_state("networkidle")
    return page


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sample_desk() as address, chromium() as browser:
        for take in (form, agent, admin):
            page = take(browser, address)
            path = IMAGES / f"{take.__name__}.png"
            page.screenshot(path=path)
            page.context.close()
            size = path.stat().st_size
            print(f"{path.name}: {size} bytes")
            if size > _MOST_BYTES:
                raise SystemExit(f"{path.name} is larger than {_MOST_BYTES} bytes; show less of the page.")


if __name__ == "__main__":
    main()
