"""One training run: AdamW with warm-up and linear decay, checkpoints, and going on where a run stopped.

A stage says what a step's loss is; it must depend on the step's number and the seed alone, so that resuming repeats.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from training.encoder.student import Student

_CHECKPOINT_EVERY = 50


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: the rate rises over `warm_up` steps and falls to nothing at `steps`."""

    steps: int
    rate: float
    warm_up: int = 50
    weight_decay: float = 0.01

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        rising = (step + 1) / max(1, self.warm_up)
        falling = (self.steps - step) / max(1, self.steps - self.warm_up)
        return self.rate * min(1.0, rising, falling)


def train(
    student: Student,
    loss_at: Callable[[int], torch.Tensor],
    schedule: Schedule,
    *,
    out: Path,
    start: Path | None = None,
    until: int | None = None,
) -> None:
    """Takes the steps still missing since the last checkpoint and writes the student to `out`.

    A first run goes on from `start`'s checkpoint where one is given; a run `until` an earlier step keeps its own.
    """
    optimiser = torch.optim.AdamW(student.parameters(), lr=schedule.rate, weight_decay=schedule.weight_decay)
    checkpoint = checkpoint_of(out)
    found = checkpoint if checkpoint.is_file() or start is None else checkpoint_of(start)
    first = 0
    if found.is_file():
        state = torch.load(found, weights_only=True)
        student.load_state_dict(state["student"])
        optimiser.load_state_dict(state["optimiser"])
        first = int(state["step"])
    began = time.monotonic()
    losses: list[float] = []
    for step in range(first, until or schedule.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at(step)
        loss = loss_at(step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % _CHECKPOINT_EVERY == 0:
            _keep(checkpoint, student, optimiser, step + 1)
            recent = losses[-_CHECKPOINT_EVERY:]
            spent = time.monotonic() - began
            done = f"{step + 1}/{schedule.steps}, loss {sum(recent) / len(recent):.4f}, {spent:.0f} s"
            sys.stderr.write(f"{out.name}: step {done}\n")
            sys.stderr.flush()
    student.save(out)
    if until is None:
        checkpoint.unlink(missing_ok=True)
    else:
        _keep(checkpoint, student, optimiser, until)


def checkpoint_of(out: Path) -> Path:
    """Where the run that will write `out` keeps what it needs to go on."""
    return out.with_suffix(".checkpoint.pt")


def _keep(path: Path, student: Student, optimiser: torch.optim.Optimizer, step: int) -> None:
    partial = path.with_suffix(".partial")
    torch.save({"student": student.state_dict(), "optimiser": optimiser.state_dict(), "step": step}, partial)
    partial.replace(path)
