"""Real knowledge bases in: are they all there, how fast beside the bare encoder, how big, how cheap the second time.

Run it with: TRIAGEM_BENCH_DATA=DIR python -m benchmarks.indexing
"""

import os
import shutil
import statistics
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness import Stopwatch, data_digest, data_folder, triagem, write_result
from triagem.encoder.open import open_encoder
from triagem.store import articles
from triagem.store.database import Database
from triagem.text.inputs import passage_input

BASES = {
    "alchemy pt-BR": ("alchemy_m365_kb_ptbr/markdown_pt-BR.tar.gz", "pt"),
    "adobe en": ("adobe_commerce_kb/markdown_en.tar.gz", "en"),
    "adobe pt-BR": ("adobe_commerce_kb/markdown_pt-BR.tar.gz", "pt"),
}
_SAMPLE = 640


def bare_throughput(state: Path) -> tuple[int, float]:
    """How many passages are stored, and how many of them a second the encoder alone turns into vectors."""
    database = Database(state)
    with database.read() as connection:
        ids = articles.ids(connection, "main")
        titles = {key: article.title for key, article in articles.get_many(connection, "main", ids).items()}
        stored = articles.passages_of(connection, "main", ids)
    texts = [passage_input(titles[one.article_id], one.passage.heading, one.passage.text) for one in stored]
    sample = texts[:: max(1, len(texts) // _SAMPLE)]
    encoder = open_encoder(os.environ.get("TRIAGEM_ENCODER", "default"))
    encoder.encode(sample[:32])
    watch = Stopwatch()
    encoder.encode(sample)
    return len(texts), len(sample) / watch.seconds()


def measure(archive: Path, language: str, work: Path) -> dict[str, Any]:
    folder, state = work / "kb", work / "state"
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".md", ".html")]
    first = triagem(state, "index", str(folder), "--lang", language)
    again = statistics.median(triagem(state, "index", str(folder), "--lang", language).seconds for _ in range(3))
    files[0].write_text(files[0].read_text(encoding="utf-8") + "\nMais uma linha.\n", encoding="utf-8")
    touched = triagem(state, "index", str(folder), "--lang", language)
    passages, bare = bare_throughput(state)
    generations = sorted((state / "generations" / "main").iterdir())
    return {
        "files": len(files),
        "indexed": first.answer["added"],
        "refused": first.answer["errors"],
        "passages": passages,
        "passages_per_s": passages / first.seconds,
        "bare_encoder_per_s": bare,
        "share_of_bare": passages / first.seconds / bare,
        "seconds": first.seconds,
        "peak_memory_mb": first.memory_mb,
        "index_mb": sum(path.stat().st_size for path in generations[-1].iterdir()) / 2**20,
        "database_mb": (state / "triagem.db").stat().st_size / 2**20,
        "unchanged_again_s": again,
        "touched_updated": touched.answer["updated"],
        "touched_s": touched.seconds,
    }


def main() -> None:
    data = data_folder()
    figures: dict[str, Any] = {}
    for name, (archive, language) in BASES.items():
        work = Path(tempfile.mkdtemp(prefix="triagem-bench-"))
        try:
            figures[name] = measure(data / archive, language, work)
        finally:
            shutil.rmtree(work)
        print(name, {key: value for key, value in figures[name].items() if key != "refused"}, file=sys.stderr)
    write_result(
        "indexing",
        figures=figures,
        title="Real knowledge bases, indexed by `triagem index`",
        columns=[
            "knowledge base", "files", "indexed", "refused", "passages", "passages/s", "of bare encoder", "peak MiB",
            "index MiB", "again, s", "one touched, s",
        ],
        rows=[
            [
                name, one["files"], one["indexed"], len(one["refused"]), one["passages"], round(one["passages_per_s"]),
                f"{one['share_of_bare']:.0%}", round(one["peak_memory_mb"]), round(one["index_mb"], 1),
                round(one["unchanged_again_s"], 2), round(one["touched_s"], 2),
            ]
            for name, one in figures.items()
        ],
        notes="Whole commands, start-up included; the bare encoder in the same run on the same passages.",
        data=data_digest(*(data / archive for archive, _ in BASES.values())),
    )  # fmt: skip


if __name__ == "__main__":
    main()
