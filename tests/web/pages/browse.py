"""A browser's manners without a browser: cookies are kept, forms are sent with their proof and from our own page."""

import re
from dataclasses import dataclass
from html import unescape

import httpx2
from starlette.testclient import TestClient

from tests.web.conftest import LOOPBACK

_PROOF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


@dataclass(slots=True)
class Reader:
    """Reads pages and sends their forms. `locale` is what the browser asks for."""

    client: TestClient
    locale: str = "pt-BR,pt;q=0.9"

    def get(self, address: str) -> httpx2.Response:
        return self.client.get(address, headers={"Accept-Language": self.locale})

    def proof(self, address: str) -> str:
        """What a form on the page sends back."""
        found = _PROOF.search(self.get(address).text)
        assert found is not None, f"no form at {address}"
        return found.group(1)

    def send(
        self, address: str, fields: dict[str, str | list[str]], *, of: str, origin: str | None = LOOPBACK
    ) -> httpx2.Response:
        """Sends a form that stands on the page `of`."""
        headers = {"Accept-Language": self.locale, "Referer": LOOPBACK + of, **({"Origin": origin} if origin else {})}
        data = {"csrf": self.proof(of), **fields}
        return self.client.post(address, data=data, headers=headers, follow_redirects=False)

    def sign_in(self, key: str) -> httpx2.Response:
        return self.send("/sign-in", {"key": key, "next": ""}, of="/sign-in")


def text_of(page: httpx2.Response) -> str:
    """A page's words without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", page.text))
