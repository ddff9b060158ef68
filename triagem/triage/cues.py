"""What shows that a text already tells a fact, or reports a fault, and of what: patterns by fact, for folded text.

Those of one language stand in `cues_pt` and `cues_en`; which facts are asked for stands in `checklist`. Each is
kept because it helps on the development part of benchmarks/checklist.
"""

import re
from enum import StrEnum

from triagem.triage import cues_en, cues_pt


class Slot(StrEnum):
    """A fact that a report of a fault may need, named as on the wire."""

    VERSION = "version"
    SYSTEM = "system"
    STEPS = "steps"
    ERROR_MESSAGE = "error_message"
    DONE_BEFORE = "done_before"
    WHEN_WHERE = "when_where"
    RECURRENCE = "recurrence"
    ATTACHMENT = "attachment"


# Numbers with a dot that are no versions: systems, sums, times, and what is measured.
_NO_PRODUCT = (
    r"android|ios|ipados|macos|mac os x?|windows|ubuntu|debian|fedora|sonoma|ventura|monterey|a?s|at|by|of|for|is"
    r"|was|to|on|than|from|de|do|da|em|por|um|uma|dia|valor|total|preco|custa|price|amount|cost|fee|paid|charged|usd"
    r"|brl|eur|rs"
)
_UNITS = r"\s*(?:mb|gb|kb|tb|kg|cm|mm|m|km|h|hs|am|pm|mbps|ghz|mhz|reais|dolares|euros|usd|dollars|%|s|seg|min)\b"
_NEWEST = r"mais recente|mais nova|mais atual|atual"
_VERSION = (
    r"\bv(?:ersao|ersion|er\.)\s*(?:do \w+ |da \w+ )?[:=]?\s*v?\d",
    r"\bv\d+\.\d",
    rf"\bversao\s+(?:{_NEWEST})|\b(?:ultima|atual)\s+versao\b",
    r"\b(?:latest|newest|current|most recent|up-to-date)\s+(?:version|release|build)\b",
    # 3.11.0, but no address (four parts), no sum (1.234.567), no date (12.02.2026).
    r"(?<![\d.,/])(?!\d{1,3}(?:\.\d{3})+\b)(?!\d\d\.\d\d\.(?:19|20)?\d\d\b)\d{1,3}\.\d{1,4}\.\d{1,6}(?![\d.]*\.?\d)",
    rf"\b(?!(?:{_NO_PRODUCT})\s)[a-z][\w+#-]*\s+v?\d{{1,3}}\.\d{{1,3}}(?![\d.,]*\d)(?!{_UNITS})",
    r"\b(?:atualiz|updat|upgrad|volt|went back|roll(?:ed)? back|downgrad|migr)[\w-]*\s+(?:\w+\s+){0,2}v?\d{1,3}\.\d",
    rf"\b(?:na|a)\s+v?\d{{1,2}}\.\d{{1,3}}\b(?!{_UNITS})",
    r"\b(?:firmware|build|release)\s*[:#]?\s*v?\d",
    r"\bv(?:18|20|22)\.\d",
)

_SYSTEM = (
    r"\bwindows\s*(?:\d|xp|vista|server|pc|laptop|machine|computer)",
    r"(?:\b(?:on|no|do|in|em|using|uso|usando|com|with|for|running|sistema|system|os|so)[:\s]+(?:o |the |a )?"
    r"|\()windows\b",
    r"\bwin\s?(?:7|8|10|11)\b",
    r"\b(?:linux|ubuntu|debian|fedora|centos|mac\s?os|os ?x|macbook|imac|chromebook|android|ipad\w*|iphone\w*|ios)\b",
    r"(?<!endereco )(?<!enderecos )\bmac\b(?! address)",
    r"\b(?:chrome|firefox|safari|vivaldi|internet explorer)\b|\bopera (?:gx|mini|browser)\b|\b(?:no|in) (?:opera"
    r"|brave)\b",
    r"\b(?:microsoft|ms|no|pelo|do|in|on|using|usando|with) edge\b(?! of)",
    r"\b(?:galaxy|samsung|motorola|moto [a-z]\d*|xiaomi|redmi|huawei|pixel \d|thinkpad|playstation|xbox"
    r"|smart ?tv \w+)\b",
)

_STEPS = (
    r"^(?:1|um|passo 1|step 1)\s*[.):-]+[ \t]*\w.{2,}\n(?:2|passo 2|step 2)\s*[.):-]+[ \t]*\w",
    r"\b(?:passo a passo|passos(?: (?:para|pra) \w+)?|steps(?: to \w+)?|caso de uso)\s*:[ \t]*\n?[ \t]*(?:[-*•]"
    r"|\d[.)-])?"
    r"[ \t]*(?![^\n]{0,30}:)[a-z]{2,}",
)

_SAYS_PT = (
    r"diz(?:endo)?|fala(?:ndo)?|aparece(?:u|ndo)?|mostra(?:ndo)?|exibe|mensagem|msg|aviso|retorna|deu|da|sai|erro"
    r"|informa"
)
_SAYS_EN = (
    r"says?|saying|shows?|message|errors?|warning|reads?|reading|tells|told|states|got|get|gives?|returns?|answers?"
    r"|appears?|pops up"
)
_THINGS = r"sistema|app|aplicativo|site|tela|programa|pagina|portal|system|page|screen|it|program|application|website"
_BAD_NEWS = (
    r"invalid|expir|fail|falha|error|erro|nao foi|nao conf|nao e |nao encontr|indispon|timeout|timed out|denied"
    r"|negad|not found|unavailable|already|could not|cannot|can't|unable|refused|recusad|incorret|incorrect|bloquead"
    r"|blocked|does not"
)
_ERROR_MESSAGE = (
    r"\b(?:erro?|error|err|exception|falha|http|status|codigo|code|bug)(?: de erro| code)?[ _:#-]*(?:n[o°.]*\s*)?"
    r"(?:0x[0-9a-f]{3,}|[a-z]{2,6}-?\d{2,6}|\d{3,6})\b",
    r"\b0x[0-9a-f]{4,}\b",
    r"\b\w+(?:error|exception)\b\s*[:(]|\btraceback \(most|[\"']error[\"']\s*:",
    r"(?:^|[,.\n]\s*)error:\s*\w",
    rf"\b(?:{_SAYS_PT}|{_SAYS_EN})\b[^\"“«\n]{{0,60}}[\"“«][^\"”»\n]{{6,}}[\"”»]",
    rf"\b(?:{_SAYS_PT}|{_SAYS_EN})\b[^'‘\n]{{0,40}}\s['‘][^'’\n]{{6,}}['’]",
    r"[\"“«][^\"”»\n]{6,}[\"”»]\s+(?:aparece|appears|pops|is shown|comes up)",
    rf"[\"“«][^\"”»\n]{{0,40}}(?:{_BAD_NEWS})",
    r"\b(?:mensagem|message|msg)(?: de erro| a seguir)?\s*:\s*\w+\s+\w+",
    rf"\b(?:mensagem|message|msg)\s+(?:de erro\s+)?(?:{_BAD_NEWS})",
    rf"\b(?:{_THINGS})\s+(?:me\s+|so\s+|just\s+)?(?:diz|fala|informa|acusa|avisa|says|tells me|claims)\s+(?:que\s+"
    rf"|q\s+|that\s+)?\w+\s+\w+",
    r"(?:^|[.,;:\n]\s*|\be\s+|\bai\s+)(?:so )?(?:diz|fala|aparece) que\b",
)

_WHEN_WHERE = (r"(?<![\d:])(?:[01]?\d|2[0-3])(?:h(?:[0-5]\d)?|:[0-5]\d)(?::[0-5]\d)?\b(?!\s*(?:por|de garantia))",)

_RECURRENCE = (
    r"\b\d+\s?x? (?:vezes )?por (?:dia|hora|semana|mes)\b|\btimes (?:a|per) (?:day|hour|week)\b|\be a (?:segunda"
    r"|terceira|quarta|\d+a)\b",
    r"\bqualquer \w+ (?:de \w+ )?(?:derruba|trava|desliga|desconecta)|\bin a row\b|,\s*again\b|\b(?:off"
    r"|offline) (?:dnv|de novo)\b",
)

_FILE = (
    r"prints?|fotos?|videos?|logs?|imagem|imagens|captura|tela|comprovante|screenshots?|pictures?|photos?|images?"
    r"|recording"
)
_ATTACHMENT = (
    rf"\b(?:segue|seguem|mando|envio|mandei|enviei|encaminho|anexo|anexei|veja|vejam|olha"
    rf"|coloquei)\s+(?:em anexo\s+)?(?:o |a |os |as |um |uma |aqui )?(?:{_FILE})\b",
    r"\bem anexo\b|\banexei\b|\banexamos\b|\b(?:segue|vai|seguem) (?:o |em )?anexos?\b",
    rf"\b(?:{_FILE})\s+(?:\w+\s+)?(?:anexos?|anexad[oa]s?|abaixo|below|attached|enclosed)\b",
    rf"\b(?:see|here is|here are|here's|attached|enclosed|uploaded|sending)\s+(?:is |are |my |the |a |an |some "
    rf"|attached )*(?:{_FILE})\b",
    r"\battached (?:is|are|you|please)\b",
    r"\b(?:i|and|have|see|please find|is|are) attached\b(?! to the (?:wall|router|network))",
    r"!\[[^\]]{0,200}\]\(|<img\b|https?://\S+\.(?:png|jpe?g|gif|mp4|webp)\b|\b(?:prnt\.sc|imgur\.com)/",
    r"^\[?\d{4}-\d\d-\d\d[ t]\d\d:\d\d.{0,40}\b(?:error|warn\w*|info|debug|fatal)\b|\btraceback \(most recent"
    r"|^at [\w.$]+\(",
)

_ERROR_AS_WRITTEN = (r"\b[A-Z]{3,6}-\d{3,4}\b", r"\b[A-Z]{2,}(?:_[A-Z0-9]{2,})+\b", r"\b[A-Z]\w+(?:Error|Exception)\b")


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE)


CUES: dict[Slot, re.Pattern[str]] = {
    Slot.VERSION: _any(*_VERSION),
    Slot.SYSTEM: _any(*_SYSTEM),
    Slot.STEPS: _any(*_STEPS, *cues_pt.STEPS, *cues_en.STEPS),
    Slot.ERROR_MESSAGE: _any(*_ERROR_MESSAGE),
    Slot.DONE_BEFORE: _any(*cues_pt.DONE_BEFORE, *cues_en.DONE_BEFORE),
    Slot.WHEN_WHERE: _any(*_WHEN_WHERE, *cues_pt.WHEN_WHERE, *cues_en.WHEN_WHERE),
    Slot.RECURRENCE: _any(*_RECURRENCE, *cues_pt.RECURRENCE, *cues_en.RECURRENCE),
    Slot.ATTACHMENT: _any(*_ATTACHMENT),
}
"""What shows in folded text that a fact is told."""

CUES_AS_WRITTEN: dict[Slot, re.Pattern[str]] = {Slot.ERROR_MESSAGE: _any(*_ERROR_AS_WRITTEN)}
"""What shows it by its capitals."""

FAULT = _any(*cues_pt.FAULT, *cues_en.FAULT)
FAULT_UNLESS_ASKED = _any(*cues_pt.FAULT_UNLESS_ASKED, *cues_en.FAULT_UNLESS_ASKED)
ASKS = _any(*cues_pt.ASKS, *cues_en.ASKS)

TECHNICAL = _any(*cues_pt.TECHNICAL, *cues_en.TECHNICAL)
"""What only a program, a network or a device at work does or has.

`DEVICES` may be goods as well: those of a text that speaks of `TRADE`.
"""

DEVICES = _any(*cues_pt.DEVICES, *cues_en.DEVICES)
TRADE = _any(*cues_pt.TRADE, *cues_en.TRADE)
