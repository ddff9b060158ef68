"""Pieces of sorting's benchmark, which takes an hour: each is kept, and done again when its code or encoder changes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triagem.encoder.base import Encoder
from triagem.text.normalise import digest

_KEPT = Path("build/benchmark-sorting")
_LEARNERS = Path("benchmarks") / "learners.py"
# The code that a piece of work depends on: another byte here, and it is done again.
SOURCES = (
    _LEARNERS,
    Path("benchmarks") / "trust.py",
    *(Path("training") / f"{name}.py" for name in ("fit", "ridge", "compared", "calibrate")),
    *(Path("triagem/triage") / f"{name}.py" for name in ("classifier", "kernel", "features", "scale")),
    *(Path("triagem/triage") / f"{name}.py" for name in ("thresholds", "nested", "shift")),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What every piece of work shares; `name` is the collection, for the place where its pieces are kept."""

    encoder: Encoder
    seeds: int
    slow: bool
    name: str

    def piece(self, what: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What `work` finds, or what it found before by the same code and encoder."""
        return self._kept(what, work, self.encoder.digest, *_texts(SOURCES))

    def without_encoder(self, what: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The same of a learner that brings its own encoder: ours and our code have no part in what it finds."""
        return self._kept(what, work, _LEARNERS.read_text(encoding="utf-8"))

    def _kept(self, what: str, work: Callable[[], dict[str, Any]], *depends_on: str) -> dict[str, Any]:
        path = _KEPT / f"{self.name}-{what}-{digest(*depends_on)[:16]}.json".replace(" ", "_")
        if not path.exists():
            print(f"{self.name}: {what}", flush=True)
            found = work()
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.write_text(json.dumps(found), encoding="utf-8")
            partial.rename(path)
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return kept


def _texts(paths: Sequence[Path]) -> list[str]:
    return [one.read_text(encoding="utf-8") for one in paths]
