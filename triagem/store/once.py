"""Ids of what is made by request, such that the same request sent twice makes one thing.

Who sends a mark along, and when it is a new one, is for the caller to say.
"""

import hashlib
import json
import uuid


def id_of(once: str, *said: object) -> str:
    """32 hexadecimal digits: the same for the same that is `said` under the same mark `once`; random without a mark.

    What is said must be JSON.
    """
    if not once:
        return uuid.uuid4().hex
    return hashlib.sha256(json.dumps([once, *said], sort_keys=True).encode()).hexdigest()[:32]
