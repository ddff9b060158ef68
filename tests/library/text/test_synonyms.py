"""Words that mean the same: what a question asks for beside its own, and what a wrong file is told."""

from pathlib import Path

import pytest

from triagem.errors import InvalidInput
from triagem.text.highlight import highlights
from triagem.text.synonyms import Synonyms, read_desk_synonyms, read_synonyms, shipped

OWN = """
# what our customers call things
danfe = nota fiscal
box = modem, roteador   # the white one
two-factor = 2FA, código de verificação
sign-in = log in
ERR-17 = luz vermelha
"""


@pytest.fixture
def own(tmp_path: Path) -> Synonyms:
    path = tmp_path / "synonyms.txt"
    path.write_text(OWN, encoding="utf-8")
    return read_synonyms(path)


@pytest.mark.parametrize(
    ("question", "of", "others"),
    [
        ("cadê minha DANFE?", "danf danfe", ["not nota fiscal"]),
        ("segunda via da nota fiscal", "not nota fiscal", ["danf danfe"]),
        ("onde vejo as notas fiscais", "not notas fiscal fiscais", ["danf danfe"]),
        ("nota da fiscal", "not nota fiscal", ["danf danfe"]),  # stop words part no way of saying
        ("o box travou", "box", ["mod modem", "roteador"]),
        ("box, boxes e mais um box", "box boxes", ["mod modem", "roteador"]),
        ("the router? no, the modem", "mod modem", ["box", "roteador"]),
        ("I lost my 2FA phone", "2fa", ["twofactor two factor", "codig codigo verific verificacao"]),
        ("codigo de verificacao nao chega", "codig codigo verific verificacao", ["twofactor two factor", "2fa"]),
        ("cannot log in", "log", ["signin sign"]),
        ("aparece err_17", "err-17 err 17", ["luz vermelh vermelha"]),
        ("a luz fica vermelha", "", []),  # another word between them
    ],
)
def test_a_question_asks_for_every_other_way_to_say_it(
    own: Synonyms, question: str, of: str, others: list[str]
) -> None:
    found = own.ask(question).alternatives
    assert [" ".join(one.of) for one in found] == ([of] if of else [])
    assert [" ".join(other) for one in found for other in one.others] == others


@pytest.mark.parametrize(
    ("european", "brazilian"),
    [
        ("contacto", "contato"),
        ("facto", "fato"),
        ("registo", "registro"),
        ("utilizadores", "usuario"),
        ("palavra-passe", "senha"),
        ("telemovel", "celular"),
        ("ecrã", "tela"),
        ("ficheiros", "arquivo"),
        ("factura", "fatura"),
        ("código postal", "cep"),
    ],
)
def test_both_kinds_of_portuguese_ask_for_the_same(european: str, brazilian: str) -> None:
    wanted = set(shipped().ask(brazilian).terms)
    assert wanted & shipped().ask(european).every_term
    assert set(shipped().ask(european).terms) & shipped().ask(brazilian).every_term


def test_the_longest_way_of_saying_counts(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text("nota = cédula\nnota fiscal = danfe\n", encoding="utf-8")
    [one] = read_synonyms(path).ask("nota fiscal").alternatives
    assert one.others == (("danf", "danfe"),)


def test_a_meaning_may_be_spread_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "synonyms.txt"
    path.write_text("box = modem\nbox = roteador\n", encoding="utf-8")
    found = read_synonyms(path)
    assert found.ask("box").alternatives[0].others == (("mod", "modem"), ("roteador",))
    assert found.ask("modem").alternatives[0].others == (("box",),)


def test_what_is_asked_for_by_another_name_is_marked_too(own: Synonyms) -> None:
    passage = "A nota fiscal fica no site."
    [(start, end)] = highlights(passage, own.ask("minha danfe").every_term)
    assert passage[start:end] == "nota fiscal"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("box", "line 2: write one line as"),
        ("box = modem = roteador", "line 2: write one line as"),
        ("box = modem,, roteador", "line 2: something is missing"),
        ("= modem", "line 2: something is missing"),
        ("box = de", "line 2: 'de' has no word that search counts"),
        ("box = a1 b2 c3 d4 e5 f6 g7 h8 i9", "line 2: .* has more than 8 words"),
    ],
)
def test_a_wrong_line_is_named_by_its_number(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "own.txt"
    path.write_text(f"# ours\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=f"own.txt, {reason}"):
        read_synonyms(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.txt cannot be read"):
        read_synonyms(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes("água = líquido".encode("latin-1"))
    with pytest.raises(InvalidInput, match=r"latin\.txt is not UTF-8"):
        read_synonyms(tmp_path / "latin.txt")


def test_a_file_serves_every_desk_and_a_folder_each_desk_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "broadband.txt").write_text("box = modem\n", encoding="utf-8")
    (tmp_path / "parcels.txt").write_text("box = encomenda\n", encoding="utf-8")
    desks, asked_of = ("broadband", "parcels", "third"), {}
    for path in (tmp_path / "parcels.txt", tmp_path):
        found = read_desk_synonyms(path)
        asked_of[path.name] = [
            [other for one in found.of(desk).ask("box").alternatives for other in one.others] for desk in desks
        ]
    modem, parcel = ("mod", "modem"), ("encomend", "encomenda")
    assert asked_of == {"parcels.txt": [[parcel]] * 3, tmp_path.name: [[modem], [parcel], []]}


def test_every_desk_has_the_shipped_words(tmp_path: Path) -> None:
    (tmp_path / "broadband.txt").write_text("box = modem\n", encoding="utf-8")
    found = read_desk_synonyms(tmp_path)
    assert all("tela" in found.of(desk).ask("ecrã").every_term for desk in ("broadband", "third"))


def test_of_a_folder_only_what_may_be_a_desks_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "parcels.txt").write_text("box = encomenda\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("# Words\n", encoding="utf-8")
    (tmp_path / ".#parcels.txt").symlink_to(tmp_path / "nowhere")
    assert list(read_desk_synonyms(tmp_path).own) == ["parcels"]


def test_a_wrong_line_in_a_folder_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "broadband.txt").write_text("box = modem\n", encoding="utf-8")
    (tmp_path / "parcels.txt").write_text("\nbox\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"parcels\.txt, line 2: write one line as"):
        read_desk_synonyms(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="none cannot be read: No such file or directory"):
        read_desk_synonyms(tmp_path / "none")
