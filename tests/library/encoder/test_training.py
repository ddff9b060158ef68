"""The whole recipe on a handful of sentences and a tiny teacher: it runs, learns, resumes and repeats."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from tests.library.encoder.tiny import write_tiny_model
from triagem.encoder.onnx import OnnxEncoder
from triagem.encoder.pieces import Pieces

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from training.encoder.data import (  # noqa: E402 - after the checks that its libraries are there
    Pair,
    read_everyday,
    read_wordings,
    read_words,
)
from training.encoder.distil import distillation_loss  # noqa: E402
from training.encoder.loop import Schedule  # noqa: E402
from training.encoder.noise import noisy  # noqa: E402
from training.encoder.recipe import Recipe, average, make_encoder  # noqa: E402
from training.encoder.student import read_weights  # noqa: E402
from training.encoder.vocabulary import extend  # noqa: E402

SENTENCES = [
    ("how to reset my password", "como redefinir minha senha"),
    ("the printer does not work", "a impressora não funciona"),
    ("the printer does not print", "a impressora não imprime"),
    ("my password does not work", "minha senha não funciona"),
]
TINY = Recipe(
    name="tiny",
    pieces=40,
    batch_size=8,
    common_steps=10,
    distil_steps=40,
    untaught_share=0.0,
    distil_rate=3e-3,
    retrieval_batch=4,
    retrieval_steps=4,
    retrieval_share=0.2,
    branches=1,
    max_tokens=64,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # threads cost more than they give on numbers this small
    yield tmp_path_factory.mktemp("recipe")
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def data(root: Path) -> Path:
    folder = root / "data"
    folder.mkdir()
    _write(folder / "pairs.jsonl.gz", [{"en": en, "pt": pt, "source": "help"} for en, pt in SENTENCES * 8])
    sections = [
        {
            "source": "help",
            "path": f"{page}.md",
            "lang": lang,
            "title": text,
            "heading": text,
            "text": f"{text}. {text}.",
        }
        for page, pair in enumerate(SENTENCES)
        for lang, text in zip(("en", "pt"), pair, strict=True)
    ]
    _write(folder / "sections.jsonl.gz", sections)
    own = folder / "own"
    own.mkdir()
    row = {"en": "the printer is broken", "pt": "a impressora quebrou", "pt_alt": "impressora pifou", "domain": "it"}
    (own / "everyday_a.jsonl").write_text(json.dumps(row) + "\n")
    answered = {
        "domain": "it",
        "pt": ["como troco a senha?", "esqueci a senha"],
        "en": ["how do I change my password?", "forgot my password"],
        "answer_pt": "Abra o perfil e escolha uma palavra nova.",
        "answer_en": "Open the profile and choose a new word.",
    }
    (own / "answers_a.jsonl").write_text(json.dumps(answered) + "\n")
    told = {"word": "tinteiro", "gloss": "ink; printer", "pt": "o tinteiro acabou", "en": "the ink ran out"}
    (own / "lexicon_a.jsonl").write_text(json.dumps(told) + "\n")
    asked = {"domain": "it", "pt": ["papel preso", "a folha engasgou"], "en": ["paper jam", "a sheet is stuck"]}
    (own / "wordings_a.jsonl").write_text(json.dumps(asked) + "\n")
    (own / "words.txt").write_text("# pt = en\nsenha; palavra-passe = password\n")
    return folder


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _make(data: Path, root: Path) -> Path:
    teacher = write_tiny_model(root / "teacher")
    make_encoder(TINY, data=data, teacher=teacher, work=root / "work", out=root / "out", own=data / "own")
    return root / "out"


@pytest.fixture(scope="module")
def taught(data: Path, root: Path) -> Path:
    return _make(data, root)


def test_the_recipe_brings_a_translation_near_its_sentence(taught: Path, root: Path) -> None:
    student = OnnxEncoder(taught)
    teacher = OnnxEncoder(next((root / "work").iterdir()) / "teacher")
    english, portuguese = ([pair[side] for pair in SENTENCES] for side in (0, 1))
    targets = teacher.encode(english)
    untaught = 1 - float((teacher.encode(portuguese) * targets).sum(axis=1).mean())
    distance = 1 - float((student.encode(portuguese) * targets).sum(axis=1).mean())
    assert distance < untaught / 2


def test_the_recipe_writes_a_table_of_the_pieces_it_met(taught: Path) -> None:
    pieces = Pieces(taught)
    known, unknown = pieces.of(["printer", "reset ~"])
    assert pieces.shares[known].max() > 0.1
    assert pieces.shares[unknown].min() == 0.0
    assert "pieces.npz" in json.loads((taught / "encoder.json").read_text())["files"]


def test_a_finished_run_is_kept_and_gives_the_same_files(
    data: Path, root: Path, taught: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = json.loads((taught / "encoder.json").read_text())
    assert json.loads((_make(data, root) / "encoder.json").read_text()) == first
    assert "untaught: kept from an earlier run" in capfd.readouterr().err
    assert first["made"]["recipe"]["seed"] == 0
    own = {path.name for path in (data / "own").iterdir()}
    assert set(first["made"]["data"]) == {"pairs.jsonl.gz", "sections.jsonl.gz"} | own


def test_the_new_vocabulary_cuts_portuguese_into_fewer_tokens(taught: Path, root: Path) -> None:
    work = next((root / "work").iterdir())
    old, new = (Tokenizer.from_file(str(path / "tokenizer.json")) for path in (work / "teacher", taught))
    assert len(old.encode("a impressora").tokens) == 13  # [CLS] a i ##m ##p ##r ##e ##s ##s ##o ##r ##a [SEP]
    assert len(new.encode("a impressora").tokens) <= 6


def test_an_average_stands_between_its_two(tmp_path: Path) -> None:
    one, other = (write_tiny_model(tmp_path / str(seed), seed=seed) for seed in (1, 2))
    average(tmp_path / "mean", {one: 0.75, other: 0.25})
    name = "encoder.layer.0.output.dense.weight"
    expected = 0.75 * read_weights(one)[name] + 0.25 * read_weights(other)[name]
    np.testing.assert_allclose(read_weights(tmp_path / "mean")[name], expected, atol=1e-6)


def test_the_rate_rises_then_falls_to_nothing() -> None:
    schedule = Schedule(steps=100, rate=1.0, warm_up=10)
    assert [round(schedule.rate_at(step), 2) for step in (0, 9, 55, 99)] == [0.1, 1.0, 0.5, 0.01]


def test_two_wordings_of_one_sentence_are_no_negatives() -> None:
    vectors = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), dim=1)
    assert distillation_loss(vectors, vectors).item() == pytest.approx(0.0, abs=1e-6)


def test_noise_keeps_most_words_and_repeats_with_its_seed() -> None:
    text = "você pode me dizer quando chega a segunda via da fatura"
    typed = [noisy(text, random.Random(seed)) for seed in range(20)]
    assert typed == [noisy(text, random.Random(seed)) for seed in range(20)]
    assert any(one != text for one in typed)
    kept = [len(set(one.split()) & set(text.split())) for one in typed]
    assert sum(kept) / len(kept) > 7


def test_words_are_read_with_every_alternative(data: Path) -> None:
    told = [("tinteiro", "ink"), ("tinteiro", "printer")]
    assert read_words(data / "own") == [("senha", "password"), ("palavra-passe", "password"), *told]


def test_what_is_our_own_and_said_in_both_languages_is_taught(data: Path) -> None:
    pairs = {(pair.en, pair.pt) for pair in read_everyday(data / "own")}
    assert pairs >= {
        ("the printer is broken", "a impressora quebrou"),
        ("the printer is broken", "impressora pifou"),
        ("forgot my password", "esqueci a senha"),
        ("Open the profile and choose a new word.", "Abra o perfil e escolha uma palavra nova."),
        ("the ink ran out", "o tinteiro acabou"),
        ("ink", "tinteiro"),
    }


def test_wordings_of_a_need_are_its_questions_and_those_that_stand_alone(data: Path) -> None:
    answered, alone = read_wordings(data / "own")
    assert answered == ("como troco a senha?", "esqueci a senha", "how do I change my password?", "forgot my password")
    assert alone == ("papel preso", "a folha engasgou", "paper jam", "a sheet is stuck")


def test_a_word_whose_meaning_is_told_becomes_one_piece_that_means_it(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path)
    old = read_weights(folder)["embeddings.word_embeddings.weight"]
    json_text = (folder / "tokenizer.json").read_text()
    pairs = [Pair("a", "o boleto venceu"), Pair("b", "o boleto chegou")]
    text, table = extend(json_text, old, pairs, pieces=0, words=[("boleto", "the pay"), ("segunda via", "copy")])
    before, after = Tokenizer.from_str(json_text), Tokenizer.from_str(text)
    [piece] = after.encode("boleto", add_special_tokens=False).ids
    meaning = old[before.encode("pay", add_special_tokens=False).ids].mean(axis=0)
    cosine = table[piece] @ meaning / np.linalg.norm(table[piece]) / np.linalg.norm(meaning)
    assert cosine == pytest.approx(1.0)
    assert "boleto" not in before.get_vocab()
    assert "segunda" not in after.get_vocab()


def test_our_own_sentences_are_whole() -> None:
    pairs = read_everyday()
    assert len(pairs) > 25_000
    assert all(pair.en.strip() and pair.pt.strip() and pair.everyday for pair in pairs)
