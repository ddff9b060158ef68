"""Texts that try to become code, and what counts as having become it."""

from playwright.sync_api import Page

TRIES = (
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1><animate onbegin=window.hacked=1 attributeName=x dur=1s></svg>",
    "<svg><script>window.hacked=1</script></svg>",
    "<math><mtext></p><style><img src=x onerror=window.hacked=1></style></math>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<object data='javascript:window.hacked=1'></object><embed src='javascript:window.hacked=1'>",
    "<a href='javascript:window.hacked=1'>a</a><a href=' java\nscript:window.hacked=1'>b</a>",
    "<a href='data:text/html,<script>window.hacked=1</script>'>c</a>",
    "<form action='javascript:window.hacked=1'><button formaction='javascript:window.hacked=1'>d</button></form>",
    "<input autofocus onfocus=window.hacked=1><details open ontoggle=window.hacked=1>e</details>",
    "<style>@import 'http://127.0.0.1:9/x';*{background:url(http://127.0.0.1:9/y)}</style>",
    "<link rel=stylesheet href=http://127.0.0.1:9/z>",
    "<meta http-equiv=refresh content='0;url=javascript:window.hacked=1'><base href='http://127.0.0.1:9/'>",
    "<template><img src=x onerror=window.hacked=1></template><noscript><p title='</noscript><img src=x onerror=f()>'>",
    "<p style='background:url(javascript:window.hacked=1)' onmouseover='window.hacked=1' id=root name=items>f</p>",
    "<triagem-help></triagem-help><x-y onclick=window.hacked=1>g</x-y>",
    "\"'><img src=x onerror=window.hacked=1>",
    "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} <%= 1 %>",
    '[h](javascript:window.hacked=1) ![i](x" onerror="window.hacked=1)',
    "\u202e<scr\u0000ipt>window.hacked=1</scr\u0000ipt>\ufeff&lt;script&gt;window.hacked=1&lt;/script&gt;",
)

# Inside `root`: elements that run, load or send something, attributes that do, links to anything but pages and mail.
_LIVE = """(root) => [...root.querySelectorAll('*')].filter((node) =>
  /^(script|iframe|object|embed|svg|math|img|style|link|meta|base|form|input|template|x-y)$/i.test(node.nodeName)
  || [...node.attributes].some(({ name, value }) => /^on|^style$|^formaction$|^srcdoc$/i.test(name)
    || (/^(href|src|action)$/i.test(name) && !/^(https?|mailto):/i.test(value)))).map((node) => node.outerHTML)"""


def live_nodes(page: Page, selector: str, *, shadow: bool = False) -> list[str]:
    """What is alive inside an element, or inside its shadow: 0 is the norm where nothing but words belongs."""
    if shadow:
        page.evaluate("(chosen) => { window.root_ = document.querySelector(chosen).shadowRoot; }", selector)
    else:
        page.evaluate("(chosen) => { window.root_ = document.querySelector(chosen); }", selector)
    assert page.evaluate("window.hacked") is None
    found: list[str] = page.evaluate(f"() => ({_LIVE})(window.root_)")
    return found
