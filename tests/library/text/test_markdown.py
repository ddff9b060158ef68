from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.library.text.cost import at_most_a_second
from triagem.errors import InvalidInput
from triagem.text.markdown import Document, read_document, render_html
from triagem.types import BodyFormat

ARTICLE = """# Redefinir a senha

Você esqueceu a **senha** ou o código não chegou?

## Pelo aplicativo

1. Abra o [Jatobá Casa](https://app.jatoba.example/abrir).
2. Toque em *Esqueci a senha*:
   - por e-mail
   - por SMS

   O código vale 10&nbsp;minutos.

## Pelo site

### Com o navegador

| Erro | Causa |
|------|-------|
| APP-4012 | senha `antiga` |
| PAG-203 | ![ícone](x.png) cartão |

### Por linha de comando

```sh
jatoba reset \\
    --user <seu-email>
```

<!-- não mostrar -->Fale com <suporte>.
"""


def markdown(body: str) -> Document:
    return read_document(body, BodyFormat.MARKDOWN)


def test_an_article_becomes_passages_under_their_headings() -> None:
    document = markdown(ARTICLE)
    assert document.title == "Redefinir a senha"
    assert [(passage.heading, passage.text) for passage in document.passages] == [
        ("", "Você esqueceu a senha ou o código não chegou?"),
        (
            "Pelo aplicativo",
            "1. Abra o Jatobá Casa.\n2. Toque em Esqueci a senha:\n  - por e-mail\n  - por SMS\n"
            "O código vale 10 minutos.",
        ),
        ("Pelo site > Com o navegador", "Erro | Causa\nAPP-4012 | senha antiga\nPAG-203 | ícone cartão"),
        (
            "Pelo site > Por linha de comando",
            "jatoba reset \\\n    --user <seu-email>\n\nFale com <suporte>.",
        ),
    ]


def check_layout(document: Document) -> None:
    """The promises that hold for any document."""
    assert [passage.ordinal for passage in document.passages] == list(range(len(document.passages)))
    for passage in document.passages:
        assert document.plain[passage.start : passage.end] == passage.text
        assert passage.text.strip()
    for before, after in pairwise(document.passages):
        assert before.end <= after.start
    left_out = Counter(document.plain.split())
    for passage in document.passages:
        left_out -= Counter(passage.text.split())
    headings = " ".join([document.title or "", *(passage.heading for passage in document.passages)]).split()
    assert set(left_out) <= set(headings), left_out


MARKUP = [
    "# a\n",
    "## b\n",
    "texto ",
    "\n\n",
    "- item\n",
    "  1. um\n",
    "> ",
    "```\n",
    "|a|b|\n|-|-|\n",
    "<u>",
    "</u>",
    "`",
    "*",
]


@given(st.lists(st.sampled_from([*MARKUP, "<table><tr><td>", "</table>", "<li>", "<h2>", "</h2>", "fim. ", "<pre>"])))
def test_whatever_the_markup_every_word_is_in_one_passage_or_a_heading(pieces: list[str]) -> None:
    check_layout(read_document("".join(pieces), BodyFormat.MARKDOWN))
    check_layout(read_document("".join(pieces), BodyFormat.HTML))
    check_layout(read_document("".join(pieces), BodyFormat.TEXT))


@given(st.text(max_size=300))
def test_any_text_can_be_read_in_any_format(text: str) -> None:
    for body_format in BodyFormat:
        check_layout(read_document(text, body_format))


@pytest.mark.parametrize("body", ["", "\n \n", "<!-- nada -->", "# Só o título", "![](x.png)", "---"])
def test_a_body_without_text_has_no_passages(body: str) -> None:
    assert markdown(body).passages == ()


def test_a_heading_with_nothing_below_is_a_passage_and_one_with_subheadings_is_not() -> None:
    document = markdown("# T\n\n## A\n\n### B\n\ntexto\n\n## C\n")
    assert [(passage.heading, passage.text) for passage in document.passages] == [("A > B", "texto"), ("", "C")]


def test_a_first_heading_of_a_lower_level_is_no_title() -> None:
    document = markdown("## Passos\n\ntexto\n\n# Depois\n\nmais\n")
    assert document.title is None
    assert [passage.heading for passage in document.passages] == ["Passos", "Depois"]


def test_long_sections_are_cut_at_sentences_into_pieces_of_like_length() -> None:
    sentence = "Esta frase tem exatamente o tamanho que nós quisemos que ela tivesse aqui. "
    document = markdown("# T\n\n" + sentence * 30)
    lengths = [len(passage.text) for passage in document.passages]
    assert len(lengths) == 3
    assert all(600 <= length <= 900 for length in lengths)
    assert all(passage.text.endswith("aqui.") for passage in document.passages)


def test_short_neighbours_under_one_heading_are_joined() -> None:
    document = markdown("## A\n\n" + "Um parágrafo curto.\n\n" * 10 + "## B\n\nOutro.\n")
    assert [(passage.heading, len(passage.text)) for passage in document.passages] == [("A", 208), ("B", 6)]


def test_tables_and_code_stay_whole_up_to_2400_characters_and_are_then_cut_at_lines() -> None:
    row = "| " + "a" * 45 + " | " + "b" * 45 + " |\n"
    small, large = (f"|A|B|\n|-|-|\n{row * rows}" for rows in (20, 60))
    assert [len(passage.text) for passage in markdown(small).passages] == [5 + 20 * 94]
    cut = markdown(large).passages
    assert len(cut) == 3
    assert all(line == "A | B" or len(line) == 93 for passage in cut for line in passage.text.split("\n"))
    code = "```\n" + ("x = 1  # " + "y" * 70 + "\n") * 60 + "```\n"
    assert [len(passage.text) <= 2400 for passage in markdown(code).passages] == [True, True]


FILLER = "e o sistema tentou gravar o registro de novo "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("o log diz SQLSTATE[HY000]: General error:", "1366 Incorrect string value"),
        ("o retorno foi:", "0x80070005 e nada mais"),
        ("o retorno foi:", "(ERR-4012) e nada mais"),
        ("o código do retorno é:", "E_FAIL e nada mais"),
        ("a exceção foi:", '"java.lang.NullPointerException" e nada mais'),
        ("o resumo é:", "deadbeef e nada mais"),
        ("o aviso foi:", "TIMEOUT e nada mais"),
    ],
)
def test_a_code_stays_with_the_colon_that_announces_it(before: str, after: str) -> None:
    """The colon stands where a cut would give the most even pieces, and no sentence ends anywhere."""
    passages = markdown(f"{FILLER * 14}{before} {after} {FILLER * 14}").passages
    together = f"{before.split()[-1]} {after.split()[0]}"
    assert [together in passage.text for passage in passages].count(True) == 1
    assert len(passages) == 2


def test_a_paragraph_is_cut_at_a_colon_only_where_no_sentence_ends() -> None:
    halves = f"{FILLER * 14}conclusão:", f"{FILLER * 14}".strip()
    assert [passage.text for passage in markdown(" ".join(halves)).passages] == [*halves]
    early = f"{FILLER * 8}fim."
    assert markdown(f"{early} {' '.join(halves)}").passages[0].text == early


LINK = "https://files.example.com/log.zip?X-Signature=" + "0a1b2c3d" * 244


@pytest.mark.parametrize(
    "before", ["", "Baixe daqui: ", f"{FILLER * 5}o log: ", FILLER * 5, f"{FILLER * 14}“", FILLER * 19, FILLER * 40]
)
@pytest.mark.parametrize("after", ["", " e abra.", " " + FILLER * 40])
@pytest.mark.parametrize("kind", ["{}", "```\n{}\n```", "|A|B|\n|-|-|\n|{}|fim|"])
def test_a_word_of_up_to_2000_characters_is_in_one_passage(before: str, after: str, kind: str) -> None:
    assert len(LINK) == 1998
    passages = markdown(kind.format(f"{before}{LINK}.{after}")).passages
    assert [passage.text for passage in passages if LINK in passage.text] != []
    assert all(passage.text == passage.text.strip() != "" for passage in passages)
    assert max(len(passage.text) for passage in passages) <= 2_600


def test_what_stands_around_a_long_word_is_cut_as_ever() -> None:
    sentence = "Esta frase tem exatamente o tamanho que nós quisemos que ela tivesse aqui."
    passages = markdown("# T\n\n" + " ".join([*[sentence] * 30, LINK, *[sentence] * 30])).passages
    assert [passage.text.endswith(("aqui.", LINK)) for passage in passages] == [True] * len(passages)
    assert [len(passage.text) > 900 for passage in passages].count(True) == 1


def test_a_script_without_spaces_is_cut_as_ever() -> None:
    assert max(len(passage.text) for passage in markdown("请重新启动路由器，" * 200).passages) <= 900


def test_a_longer_word_is_cut() -> None:
    document = markdown("a" * 5000)
    assert sum(len(passage.text) for passage in document.passages) == 5000
    assert max(len(passage.text) for passage in document.passages) <= 900


def test_html_gives_the_same_passages_as_markdown() -> None:
    body = """<html><head><title>Página</title><style>p {}</style></head><body><main>
    <h1>Redefinir  a senha</h1><section><p>Você <b>esqueceu</b>?<br>Calma.</p></section>
    <h2>Passos</h2><ol start="3"><li>Abra<li><p>Toque</p></ol>
    <table><tr><th>Erro<th>Causa<tr><td>APP-4012<td>senha<br>antiga</table>
    <pre>a\n  b</pre><script>alert(1)</script></main></body></html>"""
    document = read_document(body, BodyFormat.HTML)
    assert document.title == "Redefinir a senha"
    assert [(passage.heading, passage.text) for passage in document.passages] == [
        ("", "Você esqueceu?\nCalma."),
        ("Passos", "3. Abra\n4. Toque\n\nErro | Causa\nAPP-4012 | senha antiga\n\na\n  b"),
    ]


def test_an_html_page_without_a_heading_takes_its_title_element() -> None:
    assert read_document("<title>Luz &amp; som</title><p>x", BodyFormat.HTML).title == "Luz & som"


def test_plain_text_is_cut_at_empty_lines_and_knows_no_markup() -> None:
    document = read_document("# não é título\n\n<b>x</b>", BodyFormat.TEXT)
    assert document == Document(None, "# não é título\n\n<b>x</b>", document.passages)
    assert [passage.text for passage in document.passages] == ["# não é título\n\n<b>x</b>"]


def test_code_that_begins_on_the_line_of_its_fence_is_kept() -> None:
    assert markdown("```curl -sSL -D - example\nfim\n```").plain == "curl -sSL -D - example\nfim"


def test_rendered_html_keeps_markup_and_drops_what_could_act() -> None:
    body = (
        "<u>um</u> [a](javascript:alert(1)) [b](https://b.example) [c](../c.md) <script>alert(1)</script>"
        '<a href="data:text/html,x" onclick="x()">d</a> ![e](https://e.example/e.png) ![f](f.png) <your-domain>'
    )
    html = render_html(body, BodyFormat.MARKDOWN)
    assert "<u>um</u>" in html
    assert 'href="https://b.example"' in html
    assert 'href="../c.md"' in html
    assert '<img src="f.png" alt="f">' in html
    assert '<img alt="e">' in html
    assert "&lt;your-domain&gt;" in html
    for danger in ("<script", 'javascript:"', "onclick", "data:", "e.example"):
        assert danger not in html


@pytest.mark.parametrize(
    "source", ["https://e.example/a.png", "//e.example/a.png", "/\\e.example", "\t/\n/e.example", "data:x"]
)
def test_an_image_from_elsewhere_shows_its_words_only(source: str) -> None:
    assert render_html(f'<img src="{source}" alt="tela">', BodyFormat.HTML) == '<img alt="tela">'


def test_plain_text_is_rendered_escaped() -> None:
    assert render_html("a <b>\nc\n\nd", BodyFormat.TEXT) == "<p>a &lt;b&gt;<br>c</p>\n<p>d</p>"


@pytest.mark.parametrize(
    ("bomb", "limit"),
    [
        ("[" * 30_000, "square brackets"),
        ("![a" * 20_000, "square brackets"),
        ("[a](" * 20_000, "2000 links"),
        ("[" * 50_000 + "a" + "](b)" * 12_000, "marks"),
        ("*a" * 100_000, "marks"),
        ("- a\n" * 100_000, "marks"),
        ("a\n\n" * 100_000, "marks"),
        ("> " * 30 + "a", "20 deep"),
        ("".join("  " * depth + "- a\n" for depth in range(22)), "20 deep"),
        ("|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "|\n" * 600, "cells"),
        ("<div>\n\n" * 8_000, "200 deep"),
        ("x" + "<b><i>" * 5_000, "200 deep"),
        ("&" * 500_000, "marks"),
        ("é" * 600_000, "1 MiB"),
    ],
)
def test_a_bomb_is_refused_within_a_second_naming_the_limit(bomb: str, limit: str) -> None:
    with at_most_a_second(), pytest.raises(InvalidInput, match=limit):
        markdown(bomb)


@pytest.mark.parametrize(
    "bomb", ["<div>" * 100_000, "<b>" * 100_000, "&" * 500_000, "<p>" * 200_000, "<table><tr><td>" * 10_000]
)
def test_an_html_bomb_is_refused_within_a_second(bomb: str) -> None:
    with at_most_a_second(), pytest.raises(InvalidInput, match=r"HTML tags|ampersands"):
        read_document(bomb, BodyFormat.HTML)


@pytest.mark.parametrize("harmless", [" " * 1_000_000 + "a", "\n" * 300_000, "\t" * 1_000_000, "palavra " * 100_000])
def test_much_of_nothing_much_is_read(harmless: str) -> None:
    check_layout(markdown(harmless))


def test_twenty_nested_lists_are_read() -> None:
    assert "fim" in markdown("- " * 20 + "fim").plain
