"""Notices insults and shouting in a text, so that its author can be told kindly before sending.

It knows lists and no more: anger about a product is fair, and nothing here ever changes a priority.
"""

import re
from enum import StrEnum

from triagem.phrases import say
from triagem.text.normalise import fold
from triagem.text.words import STOP_WORDS
from triagem.types import Language


class Tone(StrEnum):
    """What may hurt the reader."""

    INSULT = "insult"
    SHOUTING = "shouting"


# Whole words, folded. What is said of a thing as often as of a person ("lixo", "useless") stands below.
_ABUSE = re.compile(
    r"\b(?:"
    r"idiotas?|imbeci(?:l|s)|otari[oa]s?|babacas?|cretin[oa]s?|retardad[oa]s?|desgracad[oa]s?|escrotos?|escrotas?"
    r"|canalhas?|filh[oa]s? da puta|filho da mae|fdp|vsf|vtnc|pqp|puta que pariu|vai(?:am)? (?:se|te"
    r"|tomar) (?:foder|fuder|no cu)"
    r"|vai(?:am)? a merda|va(?:o)? a merda|vai se lascar|foda-?se|se fod\w+|caralho|car[a4]i|porra|merda|m[e3]rda"
    r"|bosta|cuz(?:ao|oes)"
    r"|put[ao]s? de merda|burr[oa]s? demais"
    r"|fuck\w*|f[*@#]+ck\w*|f[*@#]{2,}k?|motherfuck\w*|bullshit|shit(?:ty|s)?|sh[*@#1]t|assholes?|bastards"
    r"|bitch(?:es)?|morons?|cunts?"
    r"|dickheads?|dumbass(?:es)?|retards?|scumbags?|wankers?|go to hell|screw you|piss off|wtf|stfu"
    r")\b"
)
# Hurts when it is said of those who read it.
_PEOPLE_PT = r"(?:voces|vcs|vc|voce|seus?|suas?|equipe|atendentes?|essa gente)"
_AIMED = re.compile(
    rf"\b{_PEOPLE_PT}\s+(?:sao |e |de |nao passam de |todos |tudo |um bando de |uns |umas |mesmo |muito |tao "
    rf"|bando de |cambada de ){{0,3}}"
    r"(?:burr[oa]s?|incompetentes?|inuteis|inutil|ladr(?:ao|oes|ona)|bandid[oa]s?|palhac[oa]s?|vagabund[oa]s?"
    r"|mentiros[oa]s?"
    r"|golpistas?|estelionatari\w+|pilantras?|safad[oa]s?|ridicul[oa]s|analfabet[oa]s?|preguicos[oa]s?|idiot\w*)\b"
    r"|\bbando de (?:burr|incompetent|inute|ladr|bandid|palhac|vagabund|mentiros|golpist|pilantr|safad)\w*"
    r"|(?<!are )\byou(?:'re| are| guys are| people are| lot are| all are)?\s+(?:all |just |such |a |an |bunch of "
    r"|complete |total |absolute |utterly |so |really |fucking ){0,4}"
    r"(?:stupid|idiots?|incompetent|useless|thieves|thief|crooks?|liars?|clowns?|scammers?|pathetic|brainless"
    r"|imbeciles?|jokers?|parasites?|lazy)\b"
    r"|\b(?:bunch|pack|gang) of (?:\w+ )?(?:idiots|thieves|crooks|liars|clowns|scammers|imbeciles|incompetents"
    r"|jokers)\b"
    r"|\b(?:incompetent|stupid|brainless|useless|lazy) (?:people|staff|agents?|support team|monkeys|fools?)\b"
)
_QUOTED = re.compile(r"[\"“«][^\"”»\n]{0,200}[\"”»]|`[^`\n]{0,200}`|https?://\S+")
_WORD = re.compile(r"[^\W\d_]{2,}")
# A line in capitals is a heading or a habit; a text of many such words is loud. Codes are no words, and a list of
# abbreviations is told from a sentence by its lack of small words.
_LEAST_WORDS = 8
_LEAST_SMALL_WORDS = 2
_LOUD_SHARE = 0.8
_CODE = re.compile(r"\S*[\d_]\S*|\[[A-Z]+\]")
_READ_CHARS = 4_000


def tones(text: str) -> tuple[Tone, ...]:
    """What may hurt in `text`; what it quotes is somebody else's."""
    own = _QUOTED.sub(" ", text[:_READ_CHARS])
    folded = " ".join(fold(own).split())
    found = []
    if _ABUSE.search(folded) or _AIMED.search(folded):
        found.append(Tone.INSULT)
    if _is_loud(own):
        found.append(Tone.SHOUTING)
    return tuple(found)


def notices(text: str, language: Language) -> tuple[str, ...]:
    """Kind words for the author of `text`, in `language` (not `UND`); none as a rule."""
    return tuple(say(f"tone.{tone.value}", language) for tone in tones(text))


def _is_loud(text: str) -> bool:
    words = _WORD.findall(_CODE.sub(" ", text))
    loud = [word for word in words if word.isupper()]
    small = sum(fold(word) in STOP_WORDS for word in loud)
    return len(loud) >= max(_LEAST_WORDS, _LOUD_SHARE * len(words)) and small >= _LEAST_SMALL_WORDS
