"""Pages in Chromium: what they weigh, when they are painted, and how soon articles stand beside the form.

Run it with: python -m benchmarks.pages
"""

import gzip
import json
import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.browser import chromium, sample_desk, sample_folder
from benchmarks.harness import data_digest, write_result

_PAGES = {"tour": "/", "agent": "/agent", "admin": "/admin", "docs": "/docs"}
_PAINTS = 3
_QUESTIONS = 12
_TYPED = 17
# Fast typing, ordinary typing (some 60 words a minute), and a text that is pasted.
_RHYTHMS_MS = {"fast": 60, "ordinary": 190, "pasted": 0}
_WAITED = ("articles_p50_ms", "articles_p90_ms", "answer_p50_ms", "answer_p90_ms")
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_SIZES = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .map((entry) => entry.transferSize)"""
_WATCH = """() => {
  const times = window.times = {};
  const plain = window.fetch;
  window.fetch = (address, options) => {
    if (String(address).endsWith('/v1/suggest')) {
      times.asked = performance.now();
      times.made = (times.made || 0) + 1;
    }
    return plain(address, options);
  };
  document.addEventListener('input', () => { times.typed = performance.now(); times.shown = 0; }, true);
  document.addEventListener('triagem:shown', (event) => {
    const titles = [...event.target.shadowRoot.querySelectorAll('.title')].map((title) => title.textContent).join();
    const last = event.detail && times.asked >= times.typed && !times.shown;
    requestAnimationFrame(() => setTimeout(() => {
      if (times.titles !== titles) [times.titles, times.settled] = [titles, performance.now()];
      if (last) times.shown = performance.now();
    }));
  }, true);
}"""


def weigh(browser: Browser, address: str) -> dict[str, Any]:
    """Bytes over the wire and requests of a first visit, and the median milliseconds to the first content painted."""
    paints, sizes = [], [0]
    for _ in range(_PAINTS):
        page = browser.new_context().new_page()
        page.goto(address, wait_until="networkidle")
        while (paint := page.evaluate(_FIRST_PAINT)) is None:
            page.wait_for_timeout(50)
        paints.append(paint)
        sizes = page.evaluate(_SIZES)
        page.context.close()
    return {
        "bytes": sum(sizes),
        "requests": len(sizes),
        "first_paint_ms": round(statistics.median(paints), 1),
    }


def questions() -> list[str]:
    """Requests in both languages that an article of the sample company answers."""
    lines = (sample_folder() / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    answered = [row["query"] for row in map(json.loads, lines) if row["article_ids"] and len(row["query"]) >= _TYPED]
    return answered[:: max(1, len(answered) // _QUESTIONS)][:_QUESTIONS]


@dataclass(frozen=True, slots=True)
class Wait:
    """Milliseconds from the last key: to the articles that then stay, and to the answer to the whole text.

    The articles may stand there before the last key: then nobody waits for them.
    """

    articles_ms: float
    answer_ms: float
    requests_per_key: float


def wait_for_articles(page: Page, question: str, *, typed: int, rhythm_ms: int) -> Wait | None:
    """Types the last `typed` keys of a question; None where no article came."""
    field = page.locator("triagem-help textarea")
    field.fill("")
    page.wait_for_timeout(300)
    page.evaluate("() => { Object.keys(times).forEach((name) => delete times[name]); }")
    if rhythm_ms:
        # The beginning stands there already; how people end is what counts, and takes less of our time.
        field.fill(question[:-typed])
        field.press_sequentially(question[-typed:], delay=rhythm_ms)
    else:
        field.fill(question)
    page.wait_for_timeout(900)
    times = page.evaluate("times")
    keys = typed + 1 if rhythm_ms else 1
    if not times.get("shown"):
        return None
    return Wait(max(0.0, times["settled"] - times["typed"]), times["shown"] - times["typed"], times["made"] / keys)


def latencies(browser: Browser, address: str) -> dict[str, Any]:
    """For each rhythm: medians and 90th percentiles, and the requests per keystroke."""
    page = browser.new_context(locale="pt-BR").new_page()
    page.goto(address)
    page.locator("triagem-help textarea").wait_for()
    page.evaluate(_WATCH)
    measured = {}
    for name, rhythm_ms in _RHYTHMS_MS.items():
        # Asked is every fourth key or later: let the last keys fall on all four places alike.
        found = [
            wait_for_articles(page, question, typed=_TYPED - number % 4, rhythm_ms=rhythm_ms)
            for number, question in enumerate(questions())
        ]
        waits = [one for one in found if one is not None]
        measured[name] = {
            "rhythm_ms": rhythm_ms,
            "questions": len(waits),
            **_spread("articles", [one.articles_ms for one in waits]),
            **_spread("answer", [one.answer_ms for one in waits]),
            "requests_per_key": round(statistics.mean(one.requests_per_key for one in waits), 2),
        }
    page.context.close()
    return measured


def _spread(name: str, waits: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(waits), 1),
        f"{name}_p90_ms": round(statistics.quantiles(waits, n=10)[-1], 1),
    }


def main() -> None:
    with sample_desk() as address, chromium() as browser:
        pages = {name: weigh(browser, address + path) for name, path in _PAGES.items()}
        waits = latencies(browser, address)
    script = (sample_folder().parent / "service" / "web" / "widget.js").read_bytes()
    packed = len(gzip.compress(script, 9, mtime=0))
    rows: list[list[Any]] = [
        [name, round(one["bytes"] / 1024, 1), one["requests"], one["first_paint_ms"], "", "", "", "", ""]
        for name, one in pages.items()
    ]
    rows += [
        [f"articles, {name}", "", "", "", *(one[key] for key in _WAITED), one["requests_per_key"]]
        for name, one in waits.items()
    ]
    write_result(
        "pages",
        figures={"widget": {"bytes": len(script), "packed": packed}, "pages": pages, "articles": waits},
        title="Pages in Chromium, and from the last keystroke to articles on screen",
        columns=[
            "what", "KiB, first visit", "requests", "first paint, ms", "articles p50, ms", "p90", "answer p50, ms",
            "p90", "requests per key",
        ],
        rows=rows,
        notes=f"The form's script is {packed / 1000:.1f} kB packed. Typed at 60 ms a key (fast), 190 ms (ordinary) or "
        "pasted; network, service and painting included, browser and service on the same cores. *articles*: from the "
        "last key until the articles stand there that stay (0 when they did before it); *answer*: until the "
        "answer to the very last words, though it may change nothing.",
        data=data_digest(sample_folder() / "queries.jsonl", sample_folder() / "tickets.jsonl"),
    )  # fmt: skip


if __name__ == "__main__":
    main()
