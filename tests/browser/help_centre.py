"""A company's own web site on another origin than the service: its forms, its strict policy, and what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

WORDS = {
    "pt-BR": {"title": "Central de ajuda", "subject": "Título", "description": "Mensagem", "send": "Mandar"},
    "en": {"title": "Help centre", "subject": "Title", "description": "Message", "send": "Submit"},
}
_STYLE = """html { color-scheme: light dark }
body { background: Canvas; color: CanvasText; font-family: sans-serif }
body { max-width: 40rem; margin: 1rem auto; padding: 0 1rem }
form > * { display: block; width: 100%; box-sizing: border-box }"""
_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><title>{title}</title></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""
_ATTACHED = """<form id="contact" method="post" action="/sent">
<label for="s">{subject}</label><input id="s" name="subject">
<label for="m">{description}</label><textarea id="m" name="message" rows="6"></textarea>
<input type="hidden" name="login" value="ana"><button>{send}</button></form>
<script {kind} src="{service}/widget.js" data-key="{key}" data-lang="{lang}" data-form="#contact"
 data-description="[name=message]" data-requester="[name=login]"></script>"""
_OWN = """<triagem-help><p>{title}: 0800 000 000</p></triagem-help>
<script {kind} src="{service}/widget.js" data-key="{key}" data-lang="{lang}"></script>"""


@dataclass(slots=True)
class HelpCentre:
    """`sent` holds the fields of every form that arrived. Say where the service is, and the form's key, before use."""

    address: str
    service: str = ""
    key: str = ""
    sent: list[dict[str, str]] = field(default_factory=list)

    def page(self, path: str) -> str | None:
        """`/contact/<lang>` has the company's own form, `/ask/<lang>` leaves the form to us."""
        _, name, lang = f"{path}//".split("/")[:3]
        if name not in ("contact", "ask") or lang not in WORDS:
            return None
        # Both ways to load it: as a module, and as a plain script.
        kind = 'type="module"' if lang == "en" else ""
        form = _ATTACHED if name == "contact" else _OWN
        words = {**WORDS[lang], "lang": lang, "service": self.service, "key": self.key, "kind": kind}
        return _PAGE.format(body=form.format(**words), **words)

    @property
    def policy(self) -> str:
        return (
            f"default-src 'none'; script-src {self.service}; connect-src {self.service}; style-src 'self'; "
            "img-src data:; form-action 'self'; base-uri 'none'"
        )


@contextmanager
def help_centre() -> Iterator[HelpCentre]:
    """The site in a thread, on a free port of loopback."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/style.css":
                self._answer(_STYLE, "text/css")
            else:
                self._answer(centre.page(self.path) or "", "text/html; charset=utf-8")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            centre.sent.append({name: values[0] for name, values in parse_qs(raw, keep_blank_values=True).items()})
            self._answer(_PAGE.format(lang="en", title="Received", body=""), "text/html; charset=utf-8")

        def _answer(self, text: str, media_type: str) -> None:
            body = text.encode()
            self.send_response(200 if body else 404)
            for name, value in (
                ("Content-Type", media_type),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", centre.policy),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    centre = HelpCentre(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield centre
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
