import pytest
from hypothesis import given
from hypothesis import strategies as st

from triagem.text.normalise import fold
from triagem.text.stem import stem


@pytest.mark.parametrize(
    "forms",
    [
        "configuração configuracao configurações configuracoes configurar configurei configure configured",
        "senha senhas",
        "conexão conexao conexões conexoes",
        "trocar troquei trocando troca trocas trocou trocado",
        "cancelar cancelamento cancelei cancelada cancelou cancel cancelled cancelling cancellation",
        "pagar pagamento pagamentos paguei pago pagou",
        "instalar instalação instalei install installed installation",
        "cobrança cobranças cobrar cobrado cobraram",
        "papel papéis",
        "imagem imagens",
        "mensagem mensagens",
        "disponível disponíveis",
        "luz luzes",
        "receber recebi recebido recebeu recebendo recebemos",
        "ligar ligámos ligamos ligou ligado",
        "reiniciar reiniciámos reinicio",
        "último últimos",
        "termo termos",
        "problema problemas",
        "solicitação solicitações solicitar solicitei",
        "charge charged charges charging",
        "city cities",
        "address addresses",
        "order orders ordered",
        "create created creating",
        "try tries tried",
        "comando comandos command commands",
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert {stem(fold(form)) for form in forms.split()} == {stem(fold(forms.split()[0]))}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("carta", "cartao"),
        ("conta", "contrato"),
        ("rota", "rotina"),
        ("nota", "notificacao"),
        ("senha", "senhor"),
        ("massa", "mesa"),
        ("carro", "caro"),
        ("versao", "verso"),
        ("status", "state"),
        ("speed", "spend"),
    ],
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@given(st.text(alphabet="abcdefghilmnopqrstuvxz", max_size=20))
def test_a_stem_is_never_empty_nor_longer_than_a_letter_more(word: str) -> None:
    assert (stem(word) != "") == (word != "")
    assert len(stem(word)) <= len(word) + 1
