"""Small charts as SVG text: lines over two axes and bars, readable without a script and without a style attribute.

Colours come from the page's stylesheet through the classes `axis`, `grid`, `series0` to `series3`; what is drawn is the
caller's matter, and every word of it is escaped here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# To the right there is room for half of "100%", which stands in the middle of the last tick.
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 20, 10, 42
_BAR, _GAP, _NAME, _WORDS = 14, 8, 14, 90


@dataclass(frozen=True, slots=True)
class Series:
    """Named points `(x, y)`; `dots` marks each one, else they are joined."""

    name: str
    points: Sequence[tuple[float, float]]
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`; `ticks` are the marked values with their words."""

    name: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Bar:
    """A named length, and the words beside it."""

    name: str
    value: float
    words: str


def percents(low: float, high: float, steps: int) -> list[tuple[float, str]]:
    """Ticks of an axis of shares, evenly spaced."""
    values = [low + (high - low) * step / steps for step in range(steps + 1)]
    return [(value, f"{value * 100:.0f}%") for value in values]


def line_chart(
    title: str,
    series: Sequence[Series],
    *,
    x: Axis,
    y: Axis,
    width: int = 460,
    height: int = 280,
    diagonal: bool = False,
) -> str:
    """Lines or dots over two axes with a legend under them; `diagonal` draws where both are equal."""
    inner_width, inner_height = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return _LEFT + x.share(point[0]) * inner_width, _TOP + (1 - y.share(point[1])) * inner_height

    parts = [*_grid(x, y, width, height)]
    if diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        parts.append(_path([at((low, low)), at((high, high))], "diagonal"))
    for number, one in enumerate(series):
        placed = [at(point) for point in one.points]
        if one.dots:
            parts += [f'<circle class="series{number}" cx="{a:.1f}" cy="{b:.1f}" r="3.5"/>' for a, b in placed]
        elif placed:
            parts.append(_path(placed, f"series{number}"))
        parts.append(_legend(number, one.name, _LEFT + number * 150, height - 4))
    return _svg(title, width, height, parts)


def bar_chart(title: str, bars: Sequence[Bar], *, width: int = 340) -> str:
    """Horizontal bars under their names, the longest as long as there is room: as wide as a phone can show."""
    height = len(bars) * (_NAME + _BAR + _GAP)
    longest = max((bar.value for bar in bars), default=0.0) or 1.0
    parts = []
    for number, bar in enumerate(bars):
        top = number * (_NAME + _BAR + _GAP) + _NAME
        length = max(0.0, bar.value) / longest * (width - _WORDS)
        parts += [
            f'<text class="name" x="0" y="{top - 4}">{escape(bar.name)}</text>',
            f'<rect class="series0" x="0" y="{top}" width="{length:.1f}" height="{_BAR}"/>',
            f'<text x="{length + 5:.1f}" y="{top + 11}">{escape(bar.words)}</text>',
        ]
    return _svg(title, width, height, parts)


def _grid(x: Axis, y: Axis, width: int, height: int) -> list[str]:
    right, bottom = width - _RIGHT, height - _BOTTOM
    parts = []
    for value, words in x.ticks:
        place = _LEFT + x.share(value) * (right - _LEFT)
        parts.append(f'<path class="grid" d="M{place:.1f} {_TOP}V{bottom}"/>')
        parts.append(f'<text x="{place:.1f}" y="{bottom + 13}" text-anchor="middle">{escape(words)}</text>')
    for value, words in y.ticks:
        place = _TOP + (1 - y.share(value)) * (bottom - _TOP)
        parts.append(f'<path class="grid" d="M{_LEFT} {place:.1f}H{right}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{escape(words)}</text>')
    middle_x, middle_y = (_LEFT + right) / 2, (_TOP + bottom) / 2
    parts.append(
        f'<text class="axis" x="{middle_x:.0f}" y="{bottom + 26}" text-anchor="middle">{escape(x.name)}</text>'
    )
    parts.append(
        f'<text class="axis" transform="translate(12 {middle_y:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(y.name)}</text>"
    )
    return parts


def _path(points: Sequence[tuple[float, float]], name: str) -> str:
    return f'<path class="line {name}" d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in points)}"/>'


def _legend(number: int, name: str, left: int, bottom: int) -> str:
    return (
        f'<rect class="series{number}" x="{left}" y="{bottom - 8}" width="9" height="9"/>'
        f'<text x="{left + 14}" y="{bottom}">{escape(_short(name))}</text>'
    )


def _svg(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
