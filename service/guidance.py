"""What a requester and an agent are told beside the answer: missing facts, notices, and by when an answer is due.

The rules are the library's; here they are opened once, and asked with what is known of one request.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from triagem.settings import Settings
from triagem.triage.checklist import Checklist, Missing, read_checklist
from triagem.triage.priority import Matrix, read_matrix
from triagem.triage.sla import Clock, Known, Policies
from triagem.triage.sla_file import read_policies
from triagem.triage.targets import PROVEN_MODES
from triagem.triage.tone import notices
from triagem.triage.triager import Triaged
from triagem.types import Language, TicketField


@dataclass(frozen=True, slots=True)
class ForRequester:
    """What somebody who is about to send a request is told."""

    missing: tuple[Missing, ...]
    expected_response: str
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForAgent:
    """What the agent is told. `clock` is None for a ticket without a usable date."""

    missing: tuple[Missing, ...]
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Guidance:
    """The opened rules. `language` is spoken to whoever's language cannot be told."""

    checklist: Checklist
    policies: Policies
    language: Language
    matrix: Matrix

    @property
    def zone(self) -> ZoneInfo:
        """The desk's own time."""
        return self.policies.zone

    def for_requester(
        self, text: str, language: Language, *, now: datetime, contract: str | None = None
    ) -> ForRequester:
        """Nothing is guessed of the ticket here: what a requester is told must hold."""
        spoken = self.spoken(language)
        return ForRequester(
            missing=self.checklist.missing(text, spoken),
            expected_response=self.policies.expected_response(Known(contract=contract), spoken, now=now),
            notices=notices(text, spoken),
        )

    def for_agent(
        self,
        text: str,
        language: Language,
        triaged: Triaged,
        *,
        contract: str | None,
        created_at: datetime | None,
        now: datetime,
    ) -> ForAgent:
        """Questions in the requester's language, and the clocks; a ticket without a date begins now."""
        # A mere suggestion moves no clock and asks no question.
        sure = {field: decision.value for field, decision in triaged.fields.items() if decision.mode in PROVEN_MODES}
        ticket_type = sure.get(TicketField.TYPE)
        known = Known(sure.get(TicketField.PRIORITY), contract, ticket_type)
        return ForAgent(
            missing=self.checklist.missing(
                text, self.spoken(language), ticket_type=ticket_type, category=sure.get(TicketField.CATEGORY)
            ),
            clock=self.policies.clock(known, created_at=created_at or now, now=now),
        )

    def spoken(self, language: Language) -> Language:
        """What is spoken to whoever wrote in `language`; never `UND`."""
        return self.language if language is Language.UND else language


def open_guidance(settings: Settings) -> Guidance:
    """The desk's own rules where settings name a file, else the shipped ones. Raises `InvalidInput` for a mistake."""
    return Guidance(
        read_checklist(settings.checklist),
        read_policies(settings.sla),
        settings.language,
        read_matrix(settings.priority),
    )


def contracts_named(settings: Settings) -> frozenset[str]:
    """The contracts, folded, that change a due time or a priority by the rules in force."""
    return read_policies(settings.sla).contracts | read_matrix(settings.priority).contracts
