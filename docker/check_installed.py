"""Says what an installed Triagem must hold and exits with 1 where it does not.

It runs with the interpreter of the installation and imports nothing of the checkout.
"""

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

PACKAGES = ("triagem", "service", "indexer", "training")


def main() -> int:
    """Prints one line for each thing that is missing."""
    owners = importlib.metadata.packages_distributions()
    wrong = [f"{name} belongs to {owners.get(name)}" for name in PACKAGES if owners.get(name) != ["triagem"]]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or not Path(spec.origin).is_relative_to(sys.prefix):
            wrong.append(f"{name} is not installed under {sys.prefix}")
    samples = Path(sys.prefix) / "share" / "triagem" / "kb_articles"
    if not any(samples.glob("pt-BR/*/*.md")) or not (samples / "tickets.jsonl").is_file():
        wrong.append(f"the sample knowledge base is not in {samples}")
    if importlib.util.find_spec("torch") is not None:
        wrong.append("torch was installed, which serving does not need")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
