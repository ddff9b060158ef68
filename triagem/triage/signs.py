"""How severe, how widespread and how urgent a text says its matter is, each with the words that say so.

Lists of patterns for folded text, Portuguese and English; what follows from the three is decided by
`triagem.triage.priority`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from triagem.text.normalise import fold
from triagem.triage.cues import ASKS, FAULT, FAULT_UNLESS_ASKED

_READ_CHARS = 4_000
_MOST_WORDS = 3
_MANY = 10


class Level(StrEnum):
    """How much of it there is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Sign:
    """A level and the words that it was read from, as they stand in the folded text; none for the lowest."""

    level: Level
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """What a text says of its matter: what is broken or lost, how many it concerns, how soon it must end."""

    severity: Sign
    impact: Sign
    urgency: Sign


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Break-ins, money taken, danger, and nothing working at all.
_SEVERE = _any(
    r"\b(?:invad\w+|hackead\w+|clonad\w+|golpe|fraude\w*|phishing|vazament\w+|roub\w+|furt\w+|arromb\w+)\b",
    r"\b(?:hacked|hijack\w+|fraud\w*|scam\w*|breach\w*|stolen|burglar\w*|unauthori[sz]ed|ransomware|leaked)\b",
    r"\b(?:acesso indevido|nao (?:fui eu|autorizei|reconheco)|eu nao (?:fiz|comprei|pedi)|compras? que nao fiz)\b",
    r"\b(?:not by me|did ?n.t (?:order|authori[sz]e|buy)|none ordered|took over my|stranger\w*)\b",
    r"\b(?:fumaca|incendio|pegou fogo|cheiro de (?:queimado|plastico)|choque|explod\w+|smoke|on fire|burn(?:t|ing)"
    r"|sparks?|electric shock)\b",
    r"\b(?:fora do ar|indisponibilidade|tudo parado|parou tudo|caiu tudo|rede caiu|perd[ei]\w* (?:todos )?os dados)\b",
    r"\b(?:outage|completely down|totally down|everything (?:is )?(?:down|stopped)|data loss|lost all"
    r"|all \w+ (?:\w+ ){0,3}offline)\b",
    r"\b(?:sem (?:rede|internet|net|sinal|acesso|wi-?fi|sistema))\b",
    r"\b(?:no (?:internet|network|access|service|connection)|(?:is|app|site|system|server) down|locked out)\b",
    r"\b(?:conta|account)(?: (?:foi|esta|is|was|got|has been))? (?:bloquead\w+|locked|suspens\w+|suspended)\b",
)
_MANY_CONCERNED = _any(
    r"\b(?:todo mundo|todos os (?:usuarios|clientes|alunos|pontos|funcionarios|setores)|ninguem (?:consegue|abre|entra"
    r"|acessa)|(?:escola|empresa|equipe|rede|loja|regiao|predio|cidade) inteir[ao]|em massa|regional|avalanche)\b",
    r"\b(?:everyone|everybody|nobody (?:can|in|here)|no ?one can|whole (?:team|office|company|school|building|region)"
    r"|entire (?:team|office|company|school|building|site)|all (?:our |the |my )?(?:users|customers|staff|students"
    r"|employees|sites))\b",
)
_COUNTED = re.compile(
    r"\b(\d{1,3}(?:[.,]\d{3})+|\d+)\s+(?:pessoas|usuarios|clientes|alunos|quartos|funcionarios|roteadores|lojas|cameras"
    r"|maquinas|familias|apartamentos|people|users|customers|students|rooms|employees|routers|shops|stores|machines"
    r"|families|devices|seats|workstations)\b"
)
_SOME_CONCERNED = _any(
    r"\b(?:minha|nossa|na|da|uma) (?:loja|empresa|clinica|escola|pousada|equipe)\b|\b(?:no|do|meu|nosso) (?:escritorio"
    r"|restaurante|hotel|consultorio|setor|departamento)\b",
    r"\b(?:my|our|the) (?:shop|store|company|clinic|office|team|hotel|school|restaurant|department|business"
    r"|coworking)\b",
)
_NOW = _any(
    r"\b(?:urgent\w*|urgencia|imediat\w+|agora mesmo|o quanto antes|socorro|emergencia|pra ontem|ainda hoje|ate hoje"
    r"|preciso \w+ hoje|me ajudem)\b",
    r"\b(?:asap|immediate\w*|right now|right away|emergency|as soon as possible|by today|need \w+ (?:\w+ )?today"
    r"|please lock|stop the)\b",
    r"\b(?:vai ser|sera|will be) \w+ (?:amanha|hoje|tomorrow|today|tonight)\b",
)
_SOON = _any(
    r"\bate (?:amanha|segunda|terca|quarta|quinta|sexta|sabado|domingo|o fim d|dia \d)",
    r"\b(?:by|before|until) (?:tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|the end of)\b",
    r"\b(?:prazo|deadline|booked for|vem (?:segunda|amanha)|viaj\w+ (?:amanha|hoje))\b",
    r"\b(?:segunda|terceira|quarta|2a|3a|4a|2o|3o|4o|second|third|fourth) (?:vez|contato|e-?mail|chamado|mes|time"
    r"|contact|request|week|month)\b",
    r"\b(?:ainda (?:nao|sem)|continu(?:o|a|am) sem|ate agora nada|ninguem (?:responde|retorn)\w*|procon|advogad\w+)\b",
    r"\b(?:still (?:waiting|no|not|nothing)|no (?:answer|reply|response)|lawyer|again and again)\b",
)


def signs_of(text: str) -> Signs:
    """Reads the three off a text; without a sign each is at its lowest."""
    folded = fold(text[:_READ_CHARS])
    return Signs(
        severity=_sign((_SEVERE, Level.HIGH), (FAULT, Level.MEDIUM), *_unless_asked(folded), folded=folded),
        impact=_counted(folded) or _sign((_MANY_CONCERNED, Level.HIGH), (_SOME_CONCERNED, Level.MEDIUM), folded=folded),
        urgency=_sign((_NOW, Level.HIGH), (_SOON, Level.MEDIUM), folded=folded),
    )


def _sign(*lists: tuple[re.Pattern[str], Level], folded: str) -> Sign:
    for pattern, level in lists:
        words = tuple(dict.fromkeys(" ".join(found.group().split()) for found in pattern.finditer(folded)))
        if words:
            return Sign(level, words[:_MOST_WORDS])
    return Sign(Level.LOW)


def _unless_asked(folded: str) -> tuple[tuple[re.Pattern[str], Level], ...]:
    """Words such as "not", which tell of a fault only where nothing is asked for."""
    return () if ASKS.search(folded) else ((FAULT_UNLESS_ASKED, Level.MEDIUM),)


def _counted(folded: str) -> Sign | None:
    """So many of somebody or something that a single requester cannot be meant."""
    for found in _COUNTED.finditer(folded):
        if int(re.sub(r"\D", "", found.group(1))) >= _MANY:
            return Sign(Level.HIGH, (found.group(),))
    return None
