import pytest

from tests.library.text.cost import at_most_a_second
from triagem.errors import InvalidInput
from triagem.text.frontmatter import split_front_matter

ARTICLE = """---
title: "Trocar a senha: passo a passo"
language: pt-BR
tags: [senha, no, 012]
promoted: yes
version: 1.10
updated_at: 2026-05-01
empty:
custom:
- "9003858"
- 6919
---
# Trocar a senha
"""


def test_values_stay_the_strings_they_are_written_as() -> None:
    values, body = split_front_matter(ARTICLE)
    assert values == {
        "title": "Trocar a senha: passo a passo",
        "language": "pt-BR",
        "tags": ["senha", "no", "012"],
        "promoted": "yes",
        "version": "1.10",
        "updated_at": "2026-05-01",
        "empty": "",
        "custom": ["9003858", "6919"],
    }
    assert body == "# Trocar a senha\n"


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    values, body = split_front_matter("\ufeff" + ARTICLE.replace("\n", "\r\n"))
    assert values["title"] == "Trocar a senha: passo a passo"
    assert body == "# Trocar a senha\r\n"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("# Só o corpo\n", "# Só o corpo\n"),
        ("", ""),
        ("\ufeffcorpo", "corpo"),
        ("---\nUma linha, depois outra régua.\n\n---\nfim\n", "---\nUma linha, depois outra régua.\n\n---\nfim\n"),
        ("---\n---\ncorpo", "corpo"),
        ("---\n# só um comentário\n---\ncorpo", "corpo"),
        ("texto\n---\ntitle: x\n---\n", "texto\n---\ntitle: x\n---\n"),
    ],
)
def test_without_front_matter_the_text_is_the_body(text: str, body: str) -> None:
    assert split_front_matter(text) == ({}, body)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("title: x\ntags: [a, b\nkind: faq", "Line 4"),
        ("title: x\n  bad indent: y", "Line 3"),
        ("title: a: b", "Line 2"),
        ('title: x\nurl: "https://a.example\nkind: faq', "Line 3"),
        ("title: &a x\nother: *a", "anchors"),
    ],
)
def test_a_broken_block_is_refused_with_its_line(block: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        split_front_matter(f"---\n{block}\n---\ncorpo")


@pytest.mark.parametrize(
    ("block", "what_to_do"),
    [
        ("title: Wi-Fi: lento", 'Line 2: the front matter has a value with a colon; put it in quotes: title: "...".'),
        ("title: x\n\tkind: faq", "Line 3: the front matter has a tab; write spaces instead."),
        ('title: "Wi-Fi', "Line 2: a quotation mark in the front matter is not closed; close it."),
        ("title: @suporte", 'begins with a sign; put it in quotes: title: "...".'),
        ('title: "Erro" ao entrar', "put the whole value in single quotes: title: '...'."),
        ("title: [Novo] Trocar a senha", "put the whole value in single quotes: title: '...'."),
        ('title: "Wi-Fi\nkind: "faq"', "Line 3: the front matter has a quotation mark that is not closed, or words"),
        ("title: x\n  kind: faq", "Line 3: the front matter is not YAML (mapping values are not allowed here)."),
    ],
)
def test_the_refusal_of_a_common_mistake_says_what_to_write(block: str, what_to_do: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        split_front_matter(f"---\n{block}\n---\ncorpo")
    assert what_to_do in str(refusal.value)


def test_a_block_that_is_never_closed_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not closed"):
        split_front_matter("---\ntitle: x\n\n# corpo\n")


@pytest.mark.parametrize("bomb", ["a: " + "[" * 15_000, "a: " + "{a: " * 3_000, "a: x\n" * 20_000, "? " * 7_000])
def test_a_bomb_is_refused_within_a_second(bomb: str) -> None:
    with at_most_a_second(), pytest.raises(InvalidInput):
        split_front_matter(f"---\na: b\n{bomb}\n---\n")
