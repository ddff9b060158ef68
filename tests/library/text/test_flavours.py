import pytest

from triagem.text.flavours import plain_markdown


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("> [!NOTE]\n> Reinicie antes.", "> \n> Reinicie antes."),
        (">[!WARNING]\n>\n>Cuidado.", ">\n>\n>Cuidado."),
        ("Clique em **[!UICONTROL Salvar]** no [!DNL Cloud].", "Clique em **Salvar** no Cloud."),
        ("[!UICONTROL Flush][!DNL Cache]", "Flush Cache"),
        ("[[!DNL Patches Tool (QPT)]](/help/x.md)", "[Patches Tool (QPT)](/help/x.md)"),
        ("+++Resumo\nTexto\n+++\n", "\nResumo\n\nTexto\n\n\n\n"),
        ("{{$include /_includes/a.md}}Depois", "Depois"),
        ("[!INCLUDE [aviso](../includes/aviso.md)]Depois", "Depois"),
        ("> [!VIDEO https://video.example/embed/1?autoplay=false]", "> "),
        ("## Passos {#passos}", "## Passos "),
        ('[site](https://a.example){target="_blank"} e fim', "[site](https://a.example) e fim"),
        ('::: moniker range=">=1"\nTexto\n::: moniker-end', "\nTexto\n"),
        (':::image type="content" source="a.png" alt-text="Tela de login":::', "Tela de login"),
    ],
)
def test_marks_of_publishing_systems_go_and_their_words_stay(source: str, plain: str) -> None:
    assert plain_markdown(source) == plain


def test_fenced_code_stays_as_it_is() -> None:
    source = "```\n+++ b/file\n[!NOTE] {{$include x}}\n```\n"
    assert plain_markdown(source) == source
    assert plain_markdown("   ~~~text\n+++\n   ~~~\n+++a\n") == "   ~~~text\n+++\n   ~~~\n\na\n\n"


@pytest.mark.parametrize(
    "mark", ["[!DNL ", "[!INCLUDE [", "{{$include ", "){a", " {#a", "+++a\n", '::: alt-text="', " "]
)
def test_a_mark_repeated_endlessly_costs_no_more_than_its_length(mark: str) -> None:
    assert len(plain_markdown("# " + mark * 20_000)) > 0
