"""What every benchmark shares: where the data is, what machine this is, how a result is written.

A result file holds the figures, what they depend on, and a `table` from which the README is generated.
"""

import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")


def data_folder() -> Path:
    """The folder named by TRIAGEM_BENCH_DATA; without one the benchmark says so and ends well."""
    named = os.environ.get("TRIAGEM_BENCH_DATA")
    if not named or not Path(named).is_dir():
        print("skipped: set TRIAGEM_BENCH_DATA to the folder of test collections (see benchmarks/README.md)")
        sys.exit(0)
    return Path(named)


def data_digest(*paths: Path) -> str:
    """SHA-256 over the bytes of files, in the order given."""
    sealed = hashlib.sha256()
    for path in paths:
        sealed.update(path.read_bytes())
    return sealed.hexdigest()[:16]


def peak_memory_mb() -> float:
    """The most memory this process has held, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def write_result(
    name: str,
    *,
    figures: dict[str, Any],
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    notes: str = "",
    data: str = "",
    seed: int | None = None,
) -> None:
    """Writes `results/<name>.json` and prints the table."""
    record = {
        "name": name,
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "python": platform.python_version()},
        "commit": _commit(),
        "data": data,
        "seed": seed,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": figures,
        "table": {"title": title, "columns": list(columns), "rows": [list(row) for row in rows], "notes": notes},
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(title)
    for row in [columns, *rows]:
        print("  ".join(f"{cell!s:>14}" for cell in row))
    if notes:
        print(notes)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command answered, its seconds by the clock and on the processors, and its peak memory in MiB."""

    answer: dict[str, Any]
    seconds: float
    processor_s: float
    memory_mb: float


def triagem(state: Path, *arguments: str) -> Ran:
    """Runs a command in a process of its own. Raises `CalledProcessError` where it fails."""
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)\n"
        "sys.stdout.buffer.write(done.stdout)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)\n"
        "sys.exit(done.returncode)\n"
    )
    command = [sys.executable, "-m", "triagem", "--data-dir", str(state), *arguments, "--json"]
    watch = Stopwatch()
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=True)
    seconds = watch.seconds()
    *output, used = done.stdout.strip().splitlines()
    processor_s, memory_mb = map(float, used.split())
    return Ran(json.loads("\n".join(output)), seconds, processor_s, memory_mb)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        return time.perf_counter() - self._start


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()
