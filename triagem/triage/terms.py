"""Under which terms a desk's models answer: the mix in force, what corrections have closed, and the names of now.

Here they are put together, under the desk's targets or under others; what each does to a proof stands with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from triagem.triage.classifier import Head
from triagem.triage.decide import Rules, Targets, naming, rules_of_each
from triagem.triage.mix import Mix, under_mix
from triagem.triage.targets import closing


@dataclass(frozen=True, slots=True)
class Terms:
    """`mix` is None before one was estimated; `closed` names classes by mode; `current` gives a class its name of now,
    None to one that is retired.
    """

    head: Head
    mix: Mix | None
    closed: Mapping[str, Sequence[str]]
    current: Callable[[str], str | None]

    def rules(self, targets: Targets) -> Rules:
        """What the model may be trusted with under these targets."""
        return self.rules_of_each([targets])[0]

    def rules_of_each(self, targets: Sequence[Targets]) -> list[Rules]:
        """The same for several targets, in little more than the time of one."""
        return [
            naming(closing(under_mix(rules, one, self.mix), self.closed), self.current)
            for one, rules in zip(targets, rules_of_each(self.head, targets), strict=True)
        ]
