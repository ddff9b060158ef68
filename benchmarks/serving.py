"""The service under one client and under 64, beside the bare encoder in the same run; cold start; memory.

Run it with: TRIAGEM_BENCH_DATA=DIR python -m benchmarks.serving
"""

import asyncio
import gzip
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import psutil

from benchmarks.harness import Stopwatch, data_digest, data_folder, write_result
from triagem.encoder.base import Encoder
from triagem.encoder.open import open_encoder

_ARTICLES = 4_000
_TICKETS = 50_000
_ONE_CLIENT = 300
_MANY_CLIENTS = 64
_MANY_REQUESTS = 3_000


def articles(data: Path) -> list[dict[str, Any]]:
    """4,000 real articles in two languages, as import records."""
    folder = data / "adobe_commerce_kb"
    records = [
        {"id": f"adobe/{tag}/{row['article_id']}", "title": row["title"], "language": tag, "markdown": row["markdown"]}
        for tag in ("en", "pt-BR")
        for row in _rows(folder / f"articles_{tag}.jsonl.gz")
    ]
    records += [
        {
            "id": row["article_id"],
            "title": row["title_pt"] or row["article_id"],
            "language": "pt",
            "markdown": row["markdown"],
        }
        for row in _rows(data / "alchemy_m365_kb_ptbr" / "articles_pt-BR.jsonl.gz")
    ]
    return records[:_ARTICLES]


def tickets(data: Path, count: int) -> list[dict[str, Any]]:
    """Tickets from banking77's sentences, two joined to a new one where they run out; all solved."""
    rows = _rows(data / "banking77" / "train.jsonl")
    rng = np.random.default_rng(0)
    records = []
    for number in range(count):
        row = rows[number % len(rows)]
        more = "" if number < len(rows) else " " + rows[int(rng.integers(len(rows)))]["text"]
        records.append(
            {
                "id": f"t-{number}", "created_at": "2026-01-01T00:00:00Z", "description": row["text"] + more,
                "language": "en", "category": row["label"], "resolution": "Done.", "closed_at": "2026-01-02T00:00:00Z",
            }
        )  # fmt: skip
    return records


def queries(data: Path) -> list[str]:
    """Short requests in both languages."""
    asked = [row["text"] for row in _rows(data / "aia_bde_pt" / "queries.jsonl") if row["kind"] == "VMT"]
    asked += [row["text"] for row in _rows(data / "stackfaq" / "queries.jsonl")][: len(asked)]
    return asked


class Served:
    """A `triagem serve` process on a free port, stopped at the end."""

    def __init__(self, state: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "triagem", "--data-dir", str(state), "serve", "--port", str(port)]
        self.url = f"http://127.0.0.1:{port}"
        watch = Stopwatch()
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.cold_start_s = self._first_answer(watch)

    def _first_answer(self, watch: Stopwatch) -> float:
        while watch.seconds() < 60:
            try:
                answer = httpx2.post(f"{self.url}/v1/suggest", json={"description": "reset password"}, timeout=30)
            except httpx2.TransportError:
                time.sleep(0.01)
                continue
            if answer.status_code == 200:
                return watch.seconds()
            time.sleep(0.02)
        raise RuntimeError("The service did not answer within 60 s.")

    def memory_mb(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def one_client(url: str, asked: Sequence[str]) -> list[float]:
    """Seconds of each of 300 requests, one after another on one connection."""
    taken = []
    with httpx2.Client(base_url=url, timeout=30) as client:
        for number in range(_ONE_CLIENT + 20):
            watch = Stopwatch()
            client.post("/v1/suggest", json={"description": asked[number % len(asked)]}).raise_for_status()
            taken.append(watch.seconds())
    return taken[20:]


async def many_clients(url: str, asked: Sequence[str]) -> tuple[list[float], float]:
    """Seconds of each of 3,000 requests by 64 clients, and requests a second."""
    numbers = iter(range(_MANY_REQUESTS))
    taken: list[float] = []
    limits = httpx2.Limits(max_connections=_MANY_CLIENTS, max_keepalive_connections=_MANY_CLIENTS)
    async with httpx2.AsyncClient(base_url=url, timeout=60, limits=limits) as client:

        async def work() -> None:
            for number in numbers:
                watch = Stopwatch()
                answer = await client.post("/v1/suggest", json={"description": asked[number % len(asked)]})
                answer.raise_for_status()
                taken.append(watch.seconds())

        watch = Stopwatch()
        await asyncio.gather(*(work() for _ in range(_MANY_CLIENTS)))
        return taken, _MANY_REQUESTS / watch.seconds()


def bare_encoder(encoder: Encoder, asked: Sequence[str]) -> tuple[list[float], float]:
    """Seconds of each single text, and texts a second in batches of 32."""
    encoder.encode(asked[:32])
    single = []
    for number in range(_ONE_CLIENT):
        watch = Stopwatch()
        encoder.encode([asked[number % len(asked)]])
        single.append(watch.seconds())
    texts = [asked[number % len(asked)] for number in range(_MANY_REQUESTS)]
    watch = Stopwatch()
    for start in range(0, len(texts), 32):
        encoder.encode(texts[start : start + 32])
    return single, len(texts) / watch.seconds()


def prepare(state: Path, records: list[dict[str, Any]], what: str) -> None:
    path = state.with_name(f"{what}.jsonl")
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    command = [sys.executable, "-m", "triagem", "--data-dir", str(state), "import", what, str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def measure(state: Path, asked: Sequence[str], encoder: Encoder) -> dict[str, Any]:
    served = Served(state)
    try:
        single, throughput = bare_encoder(encoder, asked)
        alone = one_client(served.url, asked)
        together, rate = asyncio.run(many_clients(served.url, asked))
        return {
            "cold_start_s": served.cold_start_s,
            "memory_mb": served.memory_mb(),
            "bare_p50_ms": _ms(single, 50),
            "bare_texts_per_s": throughput,
            "one_client_p50_ms": _ms(alone, 50),
            "one_client_p99_ms": _ms(alone, 99),
            "p50_of_bare": _ms(alone, 50) / _ms(single, 50),
            "p99_of_bare": _ms(alone, 99) / _ms(single, 50),
            "clients_64_p50_ms": _ms(together, 50),
            "clients_64_p99_ms": _ms(together, 99),
            "clients_64_per_s": rate,
            "share_of_batched": rate / throughput,
        }
    finally:
        served.stop()


def main() -> None:
    data = data_folder()
    asked = queries(data)
    encoder = open_encoder(os.environ.get("TRIAGEM_ENCODER", "default"))
    work = Path(tempfile.mkdtemp(prefix="triagem-bench-"))
    state = work / "state"
    try:
        prepare(state, articles(data), "articles")
        runs = {"4,000 articles": [measure(state, asked, encoder) for _ in range(3)]}
        prepare(state, tickets(data, _TICKETS), "tickets")
        runs["and 50,000 tickets"] = [measure(state, asked, encoder) for _ in range(3)]
    finally:
        shutil.rmtree(work)
    figures = {
        name: {key: statistics.median(one[key] for one in several) for key in several[0]}
        for name, several in runs.items()
    }
    columns = {
        "cold_start_s": "cold start, s", "memory_mb": "RSS, MiB", "bare_p50_ms": "bare encoder, ms",
        "one_client_p50_ms": "p50, ms", "one_client_p99_ms": "p99, ms", "p50_of_bare": "p50 / bare",
        "bare_texts_per_s": "bare, texts/s", "clients_64_per_s": "64 clients, /s", "share_of_batched": "of batched",
        "clients_64_p99_ms": "64 clients p99, ms",
    }  # fmt: skip
    write_result(
        "serving",
        figures=figures,
        title="`POST /v1/suggest` over HTTP, beside the bare encoder in the same run (medians of three)",
        columns=["knowledge base", *columns.values()],
        rows=[[name, *(round(one[key], 2) for key in columns)] for name, one in figures.items()],
        notes="Client and service share the two cores.",
        data=data_digest(data / "banking77" / "train.jsonl"),
        seed=0,
    )


def _ms(seconds: Sequence[float], percentile: float) -> float:
    return float(np.percentile(seconds, percentile) * 1000)


def _rows(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


if __name__ == "__main__":
    main()
