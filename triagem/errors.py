"""The errors Triagem raises on purpose: each message says what happened and what to do.

They know nothing of HTTP or exit codes; `service.errors` and the command line translate them.
"""


class TriagemError(Exception):
    """Anything a caller can act on; the message is one or two sentences fit for a user."""


class InvalidInput(TriagemError):
    """The caller's data cannot be used as it is."""


class NotFound(TriagemError):
    """The named thing does not exist in this desk."""


class Conflict(TriagemError):
    """The request contradicts the present state; the message says which state is needed."""


class NoGeneration(TriagemError):
    """The desk has no search index yet, or none built with the encoder in use."""


class NoModel(TriagemError):
    """The desk has no model to answer or compare with."""


class DamagedArtifact(TriagemError):
    """A file does not match its manifest; it was not used."""


class UnsupportedFormat(TriagemError):
    """A file was written by a newer Triagem than this one."""


class Cancelled(TriagemError):
    """A run was cancelled by its owner; what it had built aside was discarded."""
