"""The documentation of the API, as a browser shows it."""

import pytest

from tests.browser.bench import Running, Visitor, Width, overflowing, screenshot


@pytest.mark.parametrize("width", list(Width))
def test_the_documentation_renders_without_asking_anybody_else(desk: Running, visitor: Visitor, width: Width) -> None:
    page = visitor.open(f"{desk.address}/docs", width=width, locale="en-US")
    page.get_by_role("heading", name="Triagem").first.wait_for()
    operations = page.locator(".opblock").count()
    assert operations >= 20
    page.locator("#operations-suggest-suggest_v1_suggest_post button").first.click()
    page.get_by_text("Try it out").wait_for()
    assert overflowing(page) == 0
    screenshot(page, f"docs-{width.name.lower()}")
