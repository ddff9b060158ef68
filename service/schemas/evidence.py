"""What a field's value rests on, on the wire: words, tickets, what leaving out changes, and the signs of a priority."""

from service.schemas.base import Out
from triagem.triage.explain import Explanation
from triagem.triage.grounds import Grounds
from triagem.triage.priority import Condition, Weighed
from triagem.triage.signs import Level
from triagem.types import Candidate


class WeightOut(Out):
    """A piece of the text and what it weighs."""

    text: str
    weight: float


class NeighbourOut(Out):
    """A labelled ticket like this one; `likeness` is at most 3."""

    ticket_id: str
    label: str
    likeness: float


class LeftOut(Out):
    """Without the word or the sentence the value's log-odds are lower by `weight`: its odds are divided by exp(weight).

    They are the odds before what few tickets cannot know is taken off the probability.
    """

    words: list[WeightOut]
    sentence: WeightOut | None


class SignOut(Out):
    """How much of something a text tells of, and the words that tell it."""

    level: Level
    words: list[str]


class SignsOut(Out):
    """What speaks for a priority, and what the desk's matrix makes of it under the contract, whoever answers the field.

    `decided_by` names what the matrix's rule asks for; nothing where no other fits and it is the usual priority.
    """

    severity: SignOut
    impact: SignOut
    urgency: SignOut
    contract: str | None
    priority: str
    decided_by: list[Condition]


class BranchOut(Out):
    """A path of labels, and how likely it is that the right one lies under it."""

    path: str
    probability: float


class EvidenceOut(Out):
    """What the likeliest value rests on: the `words` that spoke for it, with their shares, and the tickets most alike.

    `left_out` only where the request says `explain`; `signs` of the priority alone; `branch` where labels are paths and
    the value is a suggestion or open: what is likely (0.8) all the same.
    """

    words: list[WeightOut]
    neighbours: list[NeighbourOut]
    left_out: LeftOut | None
    signs: SignsOut | None = None
    branch: BranchOut | None = None


def evidence_out(
    grounds: Grounds, explained: Explanation | None, weighed: Weighed | None, branch: Candidate | None
) -> EvidenceOut:
    return EvidenceOut(
        words=[WeightOut(text=one.text, weight=one.weight) for one in grounds.words],
        neighbours=[
            NeighbourOut(ticket_id=one.ticket_id, label=one.label, likeness=one.likeness) for one in grounds.neighbours
        ],
        left_out=_left_out(explained) if explained else None,
        signs=_signs_out(weighed) if weighed else None,
        branch=BranchOut(path=branch.value, probability=branch.probability) if branch else None,
    )


def _signs_out(weighed: Weighed) -> SignsOut:
    signs = weighed.signs
    severity, impact, urgency = (
        SignOut(level=sign.level, words=list(sign.words)) for sign in (signs.severity, signs.impact, signs.urgency)
    )
    return SignsOut(
        severity=severity,
        impact=impact,
        urgency=urgency,
        contract=weighed.contract,
        priority=weighed.priority,
        decided_by=list(weighed.decided_by),
    )


def _left_out(explained: Explanation) -> LeftOut:
    sentence = explained.sentence
    return LeftOut(
        words=[WeightOut(text=one.text, weight=one.weight) for one in explained.words],
        sentence=WeightOut(text=sentence.text, weight=sentence.weight) if sentence else None,
    )
