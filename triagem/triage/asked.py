"""Which facts agents had to ask a requester for, read from what a closed ticket keeps of the conversation.

That is its resolution and, of an e-mail, the messages quoted below it; what the requester told is `checklist`'s to say.
"""

import re
from dataclasses import dataclass

from triagem.text.email import latest_reply
from triagem.text.normalise import fold
from triagem.triage.cues import Slot
from triagem.types import Ticket

_READ_CHARS = 4_000
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_QUOTE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)

# To ask somebody to tell something, not to do something: "pedi para enviar", but not "pedi para reiniciar".
_TELL_PT = (
    r"(?:envi|mand|inform|diz|dig|disse|pass(?:ar|asse)|anex|confirm|descrev|compartilh|fornec|mostr|encaminh|detalh"
    r"|especific|responde)\w*"
)
_TELL_EN = (
    r"(?:provide|send|share|confirm|specify|attach|describe|tell|give|upload|forward|include|indicate|detail|show|list"
    r"|let us know|let me know)\b"
)
_ASKED = re.compile(
    "|".join(
        (
            # Reported: pedimos a versão, perguntei quando começou, faltava o print, asked for a screenshot.
            rf"\b(?:pedi|pedimos|solicitei|solicitamos|requisitei|requisitamos)\b(?! desculpa)"
            rf"(?! (?:\w+ ){{0,3}}?(?:para|pra|que) (?!(?:me |nos )?{_TELL_PT}))",
            r"\b(?:perguntei|perguntamos)\b",
            r"\bprecis(?:ei|amos) (?:pedir|perguntar|saber)\b",
            r"\bfalt(?:ava|avam|ou|aram) (?:(?:informar|enviar|dizer|mandar) )?(?:a|o|as|os|um|uma)\b",
            r"\b(?:foi|foram) (?:pedid|solicitad)[oa]s?\b",
            rf"(?<!as )\b(?:asked|requested)\b(?! by\b)(?! (?:\w+ ){{0,3}}?to (?!{_TELL_EN}))",
            r"\bhad to ask\b",
            # In their own words: por favor, informe a versão; could you please send us the logs.
            rf"\b(?:favor|gentileza|poderia|poderiam|pode|podem|consegue)\b\W+(?:\w+\W+){{0,3}}?\b{_TELL_PT}",
            r"^(?:nos )?(?:informe|envie|mande|compartilhe|forneca|confirme|descreva|anexe|diga|especifique)\b",
            rf"\b(?:please|kindly|could you|can you|would you)\b\W+(?:\w+\W+){{0,4}}?{_TELL_EN}",
        )
    )
)
_HAPPENS = r"(?:start|happen|occur|beg[aiu]n|appear|comec|acontec|ocorr|aparec|surg|inici)\w*"
_NAMES = {
    Slot.VERSION: r"\bvers(?:ao|oes|ions?)\b|\bfirmware\b|\bbuild\b",
    Slot.SYSTEM: r"\bsistemas? operaciona(?:l|is)\b|\bnavegador(?:es)?\b|\baparelhos?\b|\bdispositivos?\b|\bmodelos?\b"
    r"|\bcelular\b|\bcomputador\b|\boperating systems?\b|\bbrowsers?\b|\bdevices?\b|\bmodels?\b|\bphone model\b"
    r"|\bplata?forma?s?\b|\bplatforms?\b",
    Slot.STEPS: r"\bpasso a passo\b|\b(?:os|quais) passos\b|\breproduz\w*\b|\breproduc\w+\b|\bsteps\b|\breproduce\b"
    r"|\bo que (?:\w+ )?(?:estava|estavam) fazendo\b|\bwhat (?:you|they|he|she) (?:did|do|were|was) ?(?:doing)?\b",
    Slot.ERROR_MESSAGE: r"\b(?:mensage(?:m|ns)|codigos?|textos?) (?:exat[ao]s? )?(?:de|do) erro\b|\berro exato\b"
    r"|\bmensage(?:m|ns) (?:exata|completa|que aparec)\w*|\berror (?:messages?|codes?|texts?)\b|\bexact error\b",
    Slot.DONE_BEFORE: r"\bo que (?:\w+ ){0,2}?(?:tent|mud|fez antes|foi feito)\w*|\bja (?:\w+ )?tent\w+|\btentativas\b"
    r"|\bmudancas recentes\b|\brecent changes\b|\bwhat (?:\w+ ){0,3}?(?:tried|changed)\b|\balready (?:tried|taken)\b",
    Slot.WHEN_WHERE: rf"\b(?:desde )?quando (?:\w+ ){{0,3}}?{_HAPPENS}|\bdesde quando\b|\bhorarios?\b|\bdata e hora\b"
    rf"|\bdatas? (?:d[aeo]s?|em que|exata)\b|\bonde (?:\w+ ){{0,3}}?{_HAPPENS}|\bem que (?:dia|local|comodo|lugar)\b"
    rf"|\bwhen (?:\w+ ){{0,4}}?{_HAPPENS}|\bsince when\b|\bwhat time\b|\bdates?\b|\btime of\b|\btimestamps?\b"
    rf"|\bwhere (?:\w+ ){{0,4}}?{_HAPPENS}",
    Slot.RECURRENCE: r"\bfrequencia\b|\bhow often\b|\bhow many times\b|\bquantas vezes\b|\bfrequency\b"
    r"|\b(?:se|is) (?:\w+ ){0,2}?(?:sempre|toda vez|always|every time|intermittent\w*)\b",
    Slot.ATTACHMENT: r"\bprints?\b|\bcapturas?\b|\bfotos?\b|\bimage(?:m|ns)\b|\bvideos?\b(?! conf)|\blogs?\b"
    r"|\banexos?\b|\bcomprovantes?\b|\bscreen ?shots?\b|\bphotos?\b|\bpictures?\b|\bimages\b|\bscreen recordings?\b",
}
_NAMED = {slot: re.compile(names) for slot, names in _NAMES.items()}
_QUESTION = re.compile(
    r"\b(?:qual|quais|quando|onde|que|quantas|tem|what|which|when|where|how|did|do|does|have|has|is|are|can)\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ticket shows of being asked for: the facts, and whether it was something that no fact stands for."""

    slots: frozenset[Slot]
    something_else: bool


def asked_of(ticket: Ticket) -> Asked:
    """What agents asked the author of a closed ticket for, as far as its own texts say so."""
    return asked_in(ticket.resolution or "", _earlier_messages(ticket.description))


def asked_in(*texts: str) -> Asked:
    """The facts that sentences of these texts ask for, or report to have been asked for, in Portuguese or English."""
    found, asking = set[Slot](), False
    for text in texts:
        for sentence in _SENTENCES.split(fold(text[:_READ_CHARS])):
            request = _ASKED.search(sentence)
            words = sentence[request.end() :] if request else sentence
            named = {slot for slot, names in _NAMED.items() if names.search(words)}
            if request or (named and sentence.rstrip().endswith("?") and _QUESTION.search(sentence)):
                asking = True
                found |= named
    return Asked(frozenset(found), asking and not found)


def _earlier_messages(description: str) -> str:
    """What stands below the newest message of a conversation by e-mail, without the marks of quoting."""
    newest = latest_reply(description)
    below = description.strip()[len(newest) :] if description.strip().startswith(newest) else ""
    return _QUOTE_MARKS.sub("", below)
