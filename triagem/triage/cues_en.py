"""What shows in an English text that a fact is told, a fault reported, of what, or that something is asked for.

Patterns for folded text, by the name of the fact; `cues` puts them together with the Portuguese ones and those of both.
"""

_DO = (
    r"click|open|tapp?|press|typ|select|choos|enter|sign|log|pick|try|export|import|print|creat|edit|sav|attach"
    r"|upload|download|search|connect|plugg?|runn?|submit|clos|delet|add|rotat|scroll|launch|start|call|approv|us"
    r"|drag|copy|past|turn|switch|pay|load|play|record|join|invit|import|chang|updat|go|hit|push|swip|hold|mov"
)
STEPS = (
    # when I click, every time we try, if I rotate
    r"\b(?:when(?:ever)?|(?:every|each) time|as soon as|once|if)\s+(?:i|we|the user|users?|someone)\s+(?:then "
    r"|just )?"
    rf"(?:{_DO})\w*\b",
    r"\bwhen(?:ever)? you\s+(?:click|open|tap|press|type|select|enter|try|save|sign|log)\w*",
    rf"(?:^|[.:;,\n]\s*|\b(?:on|when|while|upon|just|by)\s+)(?:right-)?(?:{_DO})\w*ing\s+(?!for\b|forward\b)",
    r"\b(?:on|while|upon) (?:open|sav|start|load|clos|launch)\w*ing\b",
    r"\bi\s+(?:then\s+)?(?:click|open|tap|press|type|select|choose|enter|go to|sign in|log in|pick|try to|run|drag)\b",
    r"(?:^|[.:;\n]\s*)(?:open|click|tap|go to|press|select|type|run|launch)\s+\w",
    r"(?:^|[.:;,\n]\s*|\bi\s+)(?:entered|clicked|typed|pressed|tapped|selected)\b",
    r"\bat the \w+ step\b",
)

_CHANGES = (
    r"updat|upgrad|install|switch|chang|mov(?:ed|ing)|power|outage|visit|reset|restart|migrat|replac|reboot|downgrad"
    r"|maintenance|storm|renew|purchas|push|rollout|configuration"
)
_TRIED = (
    r"tried|restarted|rebooted|reinstalled|uninstalled|installed|reset|cleared|updated|upgraded|unplugged|replaced"
    r"|removed|wiped|formatted|logged out|signed out|switched|changed|followed|contacted|swapped|cleaned|disabled"
    r"|downgraded|rolled back|went back to|moved to|returned the|requested|called|opened a ticket|closed the"
    r"|looked in|checked|went through|deleted"
)
DONE_BEFORE = (
    r"\bpower (?:cut|outage|failure|went|came|was)|\b(?:outage|blackout|breaker trips?|electricity (?:was|went))\b"
    r"|\bstorm knocked\b",
    rf"\b(?:since|after|following)\s+(?:\S+\s+){{0,4}}(?:{_CHANGES})",
    r"\bafter (?:i|we)\s+\w+",
    rf"(?:^|[.,;:!(\n]\s*|(?<!do )(?<!can )(?<!should )\b(?:i|we|i've|we've|have|had|already|and|even|just|then|but"
    rf"|when they)\s+)(?:{_TRIED})\b",
    r"\b(?:no effect|no luck|to no avail|nothing (?:helps|helped|works)|same (?:result|problem|thing)"
    r"|still the same)\b",
    r"\b(?:did ?n.t help|(?:problem|issue|error) (?:remains|persists)|used to work|worked (?:fine )?before)\b",
)

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = r"january|february|march|april|may|june|july|august|september|october|november|december"
_SPAN = r"(?:minute|min|hour|hr|day|week|month|year)s?"
_SOME = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|a few|several|a couple of|some|the (?:last|past)(?: \w+)?)"
_PLACE = (
    r"home(?! (?:page|screen|button|tab))|work\b(?! computer)|office|branch|bedroom|kitchen|garage|hotel|barn"
    r"|basement|warehouse|reception|\w+ floor|pool|meeting room|living room|yard|garden|building|school|shop\b"
    r"|store\b(?! page)|airport|house|attic"
)
WHEN_WHERE = (
    rf"\b(?:has|it'?s|have) been\s+(?:\w+ )?{_SOME}\s+{_SPAN}\b|\b{_SOME}\s+{_SPAN}\s+(?:late|waiting"
    rf"|overdue)\b|\bon day \d",
    r"\b(?:upstairs|downstairs)\b|\bin our (?:office|shop)\b",
    r"\b(?:today|yesterday|tonight|overnight|just now|nowadays|last night)\b",
    rf"\b(?:last|this)\s+(?:morning|week|afternoon|evening|month|weekend|{_WEEKDAY})\b(?! time)",
    rf"\b(?:since|from)\s+(?:last |early )?(?:{_WEEKDAY}|\d|the \d|{_MONTH}|the (?:start|beginning|end|weekend"
    rf"|bank holiday|holidays))",
    rf"\b(?:for|in|over|within)\s+(?:about |over |almost |more than |the )?{_SOME}\s+{_SPAN}\b(?! (?:warranty"
    rf"|old))",
    rf"\b{_SOME}\s+{_SPAN}\s+ago\b|\bany more since\b",
    rf"\bon\s+(?:the \d|{_WEEKDAY}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})|(?:{_MONTH}) \d)"
    rf"|\bevery {_WEEKDAY}\b",
    r"\b(?:at|around|about|until|by)\s+\d{1,2}(?::\d\d)?\s?(?:am|pm|o.?clock)\b|\b\d{1,2}\s?(?:am|pm)\b"
    r"|\bat (?:night|noon|\d{1,2})\b",
    r"\bin the (?:morning|evening|afternoon|night)\b",
    rf"\b(?:at|in|from|around|near|inside)\s+(?:the |my |our |a "
    rf"|an )?(?!google )(?:[\w-]+ ){{0,2}}?(?<!google )(?:{_PLACE})",
    r"\bhere in \w+|\breach the \w+ area\b",
)

RECURRENCE = (
    r"(?<!as )\balways\b|\b(?:every|each)(?: single)? time\b|\bwhenever\b|\ball the time\b|\bover and over\b"
    r"|\bagain and again\b",
    rf"\b(?:every|each)\s+(?:single )?(?:day|night|hour|morning|week|month|evening|bill|invoice|few|other"
    rf"|{_WEEKDAY}|\d+)\b",
    r"\bkeeps? (?:on )?\w+ing\b(?! track)|\b(?:sometimes|occasionally|intermittent\w*|rarely|seldom|often|frequently"
    r"|constantly|randomly|repeatedly)\b",
    r"\bnow and then\b|\bfrom time to time\b|\bonce in a while\b|\b(?:on and off|off and on)\b|\bnever happened\b"
    r"|\bhappened before\b",
    r"\b(?:first|second|third|fourth|\d+th) time\b(?! (?:user|buyer|set))|\bhappen\w*\b.{0,20}\btimes\b"
    r"|\bdoes not stop\b",
    r"\b(?:is|are|happened|down|wrong|broken|stopped|failed|offline|late|dead|crashed|dropped) again\b",
)

FAULT = (
    r"\bwhere (?:is|are) my\b|\b(?:smashed|damaged|rattles?|grainy|poor|late|leak\w*|mismatch|never (?:got|came"
    r"|arrived))\b",
    r"\b(?:errors?|bugs?|fail(?:s|ed|ure|ing)?|problems?|issues?|broken|breaks?|crash\w*|freez\w+|frozen|hangs?"
    r"|stuck|slow|flicker\w*|blinks?)\b",
    r"\b(?:doesn.?t|does not|don.?t|didn.?t|won.?t|can.?t|cannot|couldn.?t|hasn.?t|isn.?t|has not|did not|no longer"
    r"|is not) \w+",
    r"\b(?:missing|wrong|gone|disappear\w*|vanish\w*|stops?|stopped|dead|down|drops?|offline|stolen|hacked|twice"
    r"|blank|reset itself)\b",
)

ASKS = (
    r"\b(?:how (?:do|can|much|long)|what|which|could (?:i|you)|can (?:i|you)|please|i want|i need|i'd like|wondering"
    r"|do you|does the|needs?)\b|\?",
)

FAULT_UNLESS_ASKED = (r"\b(?:not|never|nothing|nobody|no \w+ (?:in|on|shows)|still no|poor)\b",)

TECHNICAL = (
    r"\b(?:errors?|bugs?|apps?|application|site|website|portal|system|program|software|server|page|screen|button|link"
    r"|log ?in|log in|logged|sign in|signed|password|token|captcha|browser|internet|wi-?fi|network|signal|connection"
    r"|bluetooth|vpn|erp|firmware|(?:un|re)?install\w*|file|attach|attachment|spreadsheet|report|pdf|notifications?|alerts?"
    r"|sms|video|audio|image|picture|sound|microphone|form|editor|extension|plugin|code|script|api|offline|led|menu|window"
    r"|tab|recordings?|sync\w*|battery|cable|alexa|whatsapp|zoom|stream|icons?|light (?:is|shows)|session)\b",
    r"\b(?:crash\w*|freez\w+|frozen|hangs?|slow|flicker\w*|blink\w*|reboot\w*|restart\w*|(?:dis|re)?connect\w*"
    r"|load(?:s|ing)?|(?:does ?n.?t|won.?t|not|stopped|no longer) (?:\w+ )?(?:work\w*|open\w*|start\w*|load\w*"
    r"|print\w*|turns?|record\w*|respond\w*|charg(?:e|ing)|switch\w*)|can.?t (?:open|log|use|print|access)|unreachable"
    r"|down|drops? (?:off|now))\b",
)
DEVICES = (
    r"\b(?:router|modem|cameras?|cam|sensors?|alarm|locks?|plugs?|bulbs?|lights?|printer|computer|laptop|phone|tablet|tv"
    r"|devices?|projector|headset|terminal|gate|mesh|machine)\b",
)
TRADE = (
    r"\b(?:charged?|charges|bill(?:ed)?|invoice|refund\w*|orders?|ordered|bought|purchase\w*|deliver\w*|shipp\w*|parcel|box"
    r"|package|exchange|return(?:ed|s)?|warranty|subscription|arriv(?:al|ed)|received?|store|shop|tracking|kit|pack"
    r"|product)\b",
)
