"""Takes the marks of publishing systems (Microsoft, Adobe, GitHub, kramdown) out of Markdown, keeping their words.

What is left is Markdown as CommonMark and GitHub's tables define it.
"""

import re
from collections.abc import Callable

_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_ACCORDION = re.compile(r"^([ \t]*)\+\+\+[ \t]*(.*)$", re.MULTILINE)
_EXTENSION_LINE = re.compile(r"^[ \t>]*:::.*$", re.MULTILINE)
_ALTERNATIVE = re.compile(r'alt-text="([^"\n]*)"')
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # +++Summary ... +++ folds a section away.
    (_ACCORDION, lambda match: f"\n{match[1]}{match[2]}\n"),
    # ::: moniker, :::image alt-text="..." :::
    (_EXTENSION_LINE, lambda match: " ".join(_ALTERNATIVE.findall(match[0]))),
    (re.compile(r"\[!INCLUDE\s*\[[^\]\n]{0,300}\]\([^)\n]{0,300}\)\]", re.IGNORECASE), ""),
    (re.compile(r"\{\{\$include [^}\n]{0,300}\}\}"), ""),
    (re.compile(r"\[!VIDEO[^\]\n]{0,500}\]", re.IGNORECASE), ""),
    (re.compile(r"\](?=\[!)"), "] "),
    # [!UICONTROL Save] and [!DNL Cloud] mark words for translators.
    (re.compile(r"\[!(?:DNL|UICONTROL|BADGE)\s+([^\]\n]{0,500})\]"), r"\1"),
    # > [!NOTE]
    (re.compile(r"\[![A-Z][A-Za-z]{2,20}\]"), ""),
    # ## Heading {#anchor}, [link](x){target="_blank"}, ![image](x){width="600"}
    (re.compile(r"\{#[\w.-]{1,200}\}[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"\)\{[\w:.#-][^{}\n]{0,300}\}"), ")"),
)


def plain_markdown(source: str) -> str:
    """`source` without the marks of publishing systems; fenced code stays as it is."""
    return "".join(text if is_code else _without_marks(text) for text, is_code in _split_at_fences(source))


def _without_marks(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _split_at_fences(source: str) -> list[tuple[str, bool]]:
    """Runs of lines, and whether they are fenced code."""
    runs: list[tuple[list[str], bool]] = [([], False)]
    fence = ""
    for line in source.splitlines(keepends=True):
        match = _FENCE.match(line)
        if match and not fence:
            fence = match[1]
            runs.append(([line], True))
        else:
            runs[-1][0].append(line)
            if match and match[1].startswith(fence) and not line[match.end() :].strip():
                fence = ""
                runs.append(([], False))
    return [("".join(lines), is_code) for lines, is_code in runs]
