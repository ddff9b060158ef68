"""The nouns of Triagem: frozen values that every room passes around.

They hold no behaviour and touch no database, file or model.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Language(StrEnum):
    """A text's language; `UND` when a text is too short or too mixed to tell."""

    PT = "pt"
    EN = "en"
    UND = "und"


class ArticleKind(StrEnum):
    HOW_TO = "how-to"
    TROUBLESHOOTING = "troubleshooting"
    FAQ = "faq"
    POLICY = "policy"
    VIDEO = "video"
    FORUM = "forum"


class Audience(StrEnum):
    """Who may see an article. `INTERNAL` never reaches the form."""

    PUBLIC = "public"
    INTERNAL = "internal"


class BodyFormat(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    TEXT = "text"


class Provenance(StrEnum):
    """Where a label comes from. `AUTO_UNREVIEWED` is never trained on."""

    HUMAN = "human"
    HUMAN_ACCEPTED = "human_accepted"
    IMPORTED = "imported"
    AUTO_UNREVIEWED = "auto_unreviewed"


class TicketField(StrEnum):
    """The fields that triage fills, in the order they are shown."""

    CATEGORY = "category"
    TYPE = "type"
    PRIORITY = "priority"
    TEAM = "team"


class Mode(StrEnum):
    """How far a field's answer may be acted on without a person."""

    AUTO = "auto"
    PRESELECT = "preselect"
    SUGGEST = "suggest"
    ABSTAIN = "abstain"


class Reason(StrEnum):
    """Why a field was not filled; a closed list."""

    OUT_OF_SCOPE = "out_of_scope"
    TOO_FEW_EXAMPLES = "too_few_examples"
    BELOW_THRESHOLD = "below_threshold"
    AMBIGUOUS = "ambiguous"
    NO_MODEL = "no_model"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    EMPTY_TEXT = "empty_text"


class FeedbackEvent(StrEnum):
    """What people do with a suggestion or a triage, as the event log keeps it; a closed list."""

    SHOWN = "shown"
    OPENED = "opened"
    SOLVED = "solved"
    REJECTED = "rejected"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Article:
    """A knowledge-base article as its author wrote it. `id` is unique within a desk."""

    id: str
    title: str
    body: str
    format: BodyFormat = BodyFormat.MARKDOWN
    language: Language = Language.UND
    kind: ArticleKind = ArticleKind.HOW_TO
    audience: Audience = Audience.PUBLIC
    category: str | None = None
    tags: tuple[str, ...] = ()
    url: str | None = None
    updated_at: datetime | None = None
    source: str = "default"


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading-scoped piece of an article, in reading order.

    `text` is plain and equals `plain[start:end]` of the article's plain text, so that a highlight can be placed.
    `heading` is the path of headings above it, joined by " > ", without the title; empty before the first heading.
    """

    ordinal: int
    heading: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """A past or present request. Labels are None where nobody has decided; `id` is unique within a desk."""

    id: str
    created_at: datetime
    subject: str = ""
    description: str = ""
    channel: str = "api"
    language: Language = Language.UND
    category: str | None = None
    type: str | None = None
    priority: str | None = None
    team: str | None = None
    requester: str | None = None
    contract: str | None = None
    resolution: str | None = None
    article_ids: tuple[str, ...] = ()
    closed_at: datetime | None = None
    reopened: bool = False
    provenance: Provenance = Provenance.IMPORTED

    @property
    def is_solved(self) -> bool:
        """Closed with a resolution and not reopened: fit to be shown as an answer."""
        return self.closed_at is not None and bool(self.resolution) and not self.reopened

    def label(self, name: TicketField) -> str | None:
        """The label of one field, None where there is none."""
        value: str | None = getattr(self, name.value)
        return value


class Kind(StrEnum):
    """What an entry of the search index is."""

    ARTICLE = "article"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Hit:
    """One article or ticket found, with its best passage. `relevance` is a probability in [0, 1].

    `start` is where the passage begins in the article's plain text, in characters; a ticket's is its whole description.
    `raw_relevance` is what it was before the desk's own correction. `highlights` are the parts of the passage that were
    asked for, as (start, end) in characters.
    """

    id: str
    kind: Kind
    title: str
    language: Language
    passage: str
    heading: str
    relevance: float
    start: int = 0
    url: str | None = None
    resolution: str | None = None
    category: str | None = None
    raw_relevance: float = 0.0
    highlights: tuple[tuple[int, int], ...] = ()

    @property
    def end(self) -> int:
        """Where the passage ends in the text that `start` counts in."""
        return self.start + len(self.passage)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label and its probability."""

    value: str
    probability: float


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """What triage says of one field. `value` is None exactly when `mode` is `ABSTAIN`, and then `reason` is set.

    `branch` is the path that a label which is not sure lies under in any case, where labels are paths.
    """

    field: TicketField
    mode: Mode
    value: str | None
    probability: float | None
    candidates: tuple[Candidate, ...] = ()
    reason: Reason | None = None
    branch: Candidate | None = None
