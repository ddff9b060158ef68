"""`python -m training.encoder` makes the shipped encoder from parallel data; stopped, it goes on where it was.

The stages stand in `training.encoder.recipe`; this module reads the arguments.
"""

import argparse
import sys
from pathlib import Path

import torch

from training.encoder.export import packaged_minilm
from training.encoder.recipe import Recipe, make_encoder
from triagem.encoder.open import WEIGHTS
from triagem.errors import TriagemError


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 once the weights are written, 1 with a sentence on stderr when something is missing."""
    standard = Recipe()
    parser = argparse.ArgumentParser(prog="python -m training.encoder", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of pairs.jsonl.gz and sections.jsonl.gz")
    parser.add_argument("--teacher", type=Path, help="sentence-transformers folder (default: the packaged MiniLM)")
    parser.add_argument(
        "--work", type=Path, default=Path("build/encoder"), help="where stages and checkpoints are kept"
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=standard.seed)
    parser.add_argument("--distil-steps", type=int, default=standard.distil_steps)
    parser.add_argument("--retrieval-steps", type=int, default=standard.retrieval_steps)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    recipe = Recipe(seed=options.seed, distil_steps=options.distil_steps, retrieval_steps=options.retrieval_steps)
    try:
        manifest = make_encoder(
            recipe, data=options.data, teacher=options.teacher or packaged_minilm(), work=options.work, out=options.out
        )
    except TriagemError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{manifest.name} -> {options.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
