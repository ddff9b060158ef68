"""The errors Triagem raises on purpose: each message says what happened and what to do.

They know nothing of HTTP or exit codes; `service.errors` and the command line translate them.
"""

from enum import StrEnum


class Failure(StrEnum):
    """Why long work failed, for those who look after a desk; their pages have a sentence for each in both languages."""

    NOTHING_LABELLED = "nothing_labelled"
    NOTHING_TO_TELL_APART = "nothing_to_tell_apart"
    OVERTAKEN = "overtaken"
    FILE_MISSING = "file_missing"
    NOTHING_TAKEN = "nothing_taken"
    ENCODER_MISSING = "encoder_missing"
    DAMAGED_FILE = "damaged_file"
    NEWER_FORMAT = "newer_format"
    DISK_FULL = "disk_full"
    GAVE_UP = "gave_up"
    UNEXPECTED = "unexpected"
    OTHER = "other"


class TriagemError(Exception):
    """Anything a caller can act on; the message is one or two sentences fit for a user.

    `failure` says the same as a code, where it ends long work.
    """

    failure = Failure.OTHER

    def __init__(self, message: str = "", *, failure: Failure | None = None) -> None:
        super().__init__(message)
        if failure is not None:
            self.failure = failure


class InvalidInput(TriagemError):
    """The caller's data cannot be used as it is."""


class NotFound(TriagemError):
    """The named thing does not exist in this desk."""


class Conflict(TriagemError):
    """The request contradicts the present state; the message says which state is needed."""


class NoGeneration(TriagemError):
    """The desk has nothing to search, or nothing yet."""


class ForeignIndex(NoGeneration):
    """The desk's search index was built with another encoder than the one in use."""


class NoModel(TriagemError):
    """The desk has no model to answer or compare with."""


class DamagedArtifact(TriagemError):
    """A file does not match its manifest; it was not used."""

    failure = Failure.DAMAGED_FILE


class UnsupportedFormat(TriagemError):
    """A file was written by a newer Triagem than this one."""

    failure = Failure.NEWER_FORMAT


class Cancelled(TriagemError):
    """A run was cancelled by its owner; what it had built aside was discarded."""
