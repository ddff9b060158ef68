"""The README's picture of trust: what was asked of 'auto', what came true on unseen tickets, and how much it filled."""

from collections.abc import Mapping
from typing import Any

from triagem.charts import Axis, Series, line_chart, percents

_STYLE = (
    "<style>text{font:12px sans-serif;fill:#444}.grid{stroke:#ddd}.line{fill:none;stroke-width:2.5}"
    ".diagonal{stroke:#999;stroke-width:1;stroke-dasharray:4 4}path.series0{stroke:#0a6b5d}rect.series0{fill:#0a6b5d}"
    "path.series1{stroke:#b5651d}rect.series1{fill:#b5651d}svg{background:#fff}</style>"
)


def picture(by_target: Mapping[str, Mapping[str, Any]]) -> str:
    """An SVG that needs no other file; targets are the keys, from 0.8 to 0.99."""
    targets = sorted(float(target) for target in by_target)
    found = [by_target[f"{target:g}"] for target in targets]
    shares = Axis("", 0.4, 1.0, percents(0.4, 1.0, 6))
    chart = line_chart(
        "Target precision, precision reached on unseen tickets, and share of tickets filled",
        [
            Series("right", [(t, one["precision"]) for t, one in zip(targets, found, strict=True) if one["coverage"]]),
            Series("filled", [(t, one["coverage"]) for t, one in zip(targets, found, strict=True)]),
        ],
        x=Axis("precision asked for", targets[0], 1.0, percents(targets[0], 1.0, 4)),
        y=shares,
        diagonal=True,
    )
    start = chart.index(">") + 1
    return f'{chart[:start]}{_STYLE}<rect width="100%" height="100%" fill="#fff"/>{chart[start:]}\n'
