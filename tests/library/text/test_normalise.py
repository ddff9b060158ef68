import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagem.errors import InvalidInput
from triagem.text.normalise import clean, digest, fold, refuse_unstorable


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("configurac\u0327a\u0303o", "configuração"),
        ("um\r\ndois\rtrês", "um\ndois\ntrês"),
        ("se\u00adnha\u200b er\ufeffrada\u202e", "senha errada"),
        ("a\x00b\x07c\x1b", "abc"),
        ("R$\u00a019,90  por   mês", "R$ 19,90 por mês"),
        ("fim da linha \t \noutra", "fim da linha\noutra"),
        ("a\n\n\n \n\nb", "a\n\nb"),
        ("coluna\tcoluna", "coluna\tcoluna"),
        ("  \n começo e fim \n", "começo e fim"),
        ("a\u2028b\x85c", "a\nb\nc"),
        ("", ""),
        ("\u200b \n", ""),
    ],
)
def test_clean_leaves_the_words_and_no_invisible_characters(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_every_single_character_survives_cleaning_unchanged_or_not_at_all() -> None:
    unstable = [hex(code) for code in range(0x3000) if clean(clean(f"a{chr(code)}b")) != clean(f"a{chr(code)}b")]
    assert unstable == []


def test_clean_keeps_no_control_character_but_newline_and_tab() -> None:
    controls = [chr(code) for code in range(0x3000) if unicodedata.category(chr(code)) == "Cc"]
    kept = [char for char in controls if char in clean(f"a{char}b")]
    assert kept == ["\t", "\n"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Configuração", "configuracao"),
        ("CONFIGURACAO", "configuracao"),
        ("configurac\u0327a\u0303o", "configuracao"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("1º andar", "1o andar"),
        ("ﬁrmware", "firmware"),
        ("Łódź Øre Æsir", "lodz ore aesir"),
        ("e-mail 2FA", "e-mail 2fa"),
    ],
)
def test_fold_forgets_case_and_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["segredo\x00", "segredo\ud800", "\udfffsegredo"])
def test_what_cannot_be_stored_is_refused_by_field_name_without_echo(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        refuse_unstorable(text, "description")
    assert str(error.value).startswith("description contains")
    assert "segredo" not in str(error.value)


def test_emoji_and_other_planes_can_be_stored() -> None:
    refuse_unstorable("não funciona 😡 𝔘", "description")


def test_digest_tells_where_one_part_ends_and_the_next_begins() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("ab") != digest("ab", "")
    assert digest("ab") == "d1ab1a7fbf5a9552f2d01c956d30855b34ed7335751d363bd6d45a01777c0811"
