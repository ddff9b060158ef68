"""Finds what was stored before ids were put into NFC: decomposed, as folders of a Mac spell their names.

Ids come in their one form (`triagem.text.normalise.one_form`); nothing is stored under another any more.
"""

import unicodedata


def forms(id_: str) -> tuple[str, ...]:
    """The id itself, then the decomposed one where that differs."""
    return tuple(dict.fromkeys((id_, unicodedata.normalize("NFD", id_))))
