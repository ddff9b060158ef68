"""Fits a desk's own relevance on what its people said of articles, and judges it on what it was not fitted on.

What counts as an observation stands in `triagem.search.observations`, what becomes of the result in
`triagem.search.recalibration`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training.metrics import calibration_error
from triagem.search.observations import Observation
from triagem.search.recalibration import Recalibration, log_odds

# The shipped relevance counts like so many observations that came out as it says. Over made-up desks (slope of
# log-normal spread 0.35, offset of mean -0.3 and spread 0.8) 20 observations halve what it costs to be wrong, and make
# 18 desks in 100 worse; with a prior of 10 they make 30 worse, with one of 200 only a quarter is gained.
PRIOR = 50.0
# With fewer nothing can be judged, and the prior would have its way anyway.
LEAST = 20
_FOLDS = 5
_PLACES = np.linspace(0.05, 0.95, 10)
_FLATTEST, _STEEPEST = 0.1, 10.0
_EDGES = (0.2, 0.4, 0.6, 0.8)
_DIGITS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """How well relevance agrees with what happened: both lower is better."""

    log_loss: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Observations of a range of shipped relevance: what was said on average, by either, and what came true."""

    least: float
    most: float
    observations: int
    shipped: float
    own: float
    helped: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """A fit on all observations, and how the shipped relevance and such a fit do on those it did not see.

    `own` and each bin's come from fits on the other four fifths of the sources.
    """

    found: Recalibration
    shipped: Figures
    own: Figures
    bins: tuple[Bin, ...]

    @property
    def is_better(self) -> bool:
        return self.own.log_loss < self.shipped.log_loss


def fit(relevance: Floats, helped: Floats) -> tuple[float, float]:
    """Slope and offset that make the observations likeliest, held back by the shipped relevance.

    Platt scaling with a catalytic prior: beside the observations stand ten made-up ones over the whole range, each of
    which helps as often as the shipped relevance says and weighs a tenth of `PRIOR`. Without observations that gives
    exactly 1 and 0, and no set of them, however one-sided, gives an infinite slope.
    Source: Huang, Stein, Rubin and Kou, Catalytic prior distributions with application to generalized linear models,
    PNAS 2020.
    """
    odds = log_odds(np.concatenate([relevance, _PLACES]))
    truth = np.concatenate([helped, _PLACES])
    weights = np.concatenate([np.ones(len(helped)), np.full(len(_PLACES), PRIOR / len(_PLACES))])

    def loss(place: Floats) -> tuple[float, Floats]:
        own = place[0] * odds + place[1]
        wrong = weights * (1.0 / (1.0 + np.exp(-own)) - truth)
        return float(weights @ (np.logaddexp(0, own) - truth * own)), np.array([wrong @ odds, wrong.sum()])

    bounds = [(_FLATTEST, _STEEPEST), (None, None)]
    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, bounds=bounds, method="L-BFGS-B").x
    return round(float(slope), _DIGITS), round(float(offset), _DIGITS)


def judge(observations: Sequence[Observation], basis: str) -> Judgement:
    """Fits on all, and measures by fits that left out everything of the sources they are measured on."""
    relevance = np.array([one.relevance for one in observations], np.float64)
    helped = np.array([one.helped for one in observations], np.float64)
    folds = _folds([one.source for one in observations])
    own = np.empty(len(observations))
    for fold in range(_FOLDS):
        inside = folds == fold
        correction = Recalibration(0, *fit(relevance[~inside], helped[~inside]))
        own[inside] = correction.of_many(relevance[inside])
    slope, offset = fit(relevance, helped)
    found = replace(Recalibration(basis=basis, observations=len(observations)), slope=slope, offset=offset)
    return Judgement(found, _figures(relevance, helped), _figures(own, helped), _bins(relevance, own, helped))


def _folds(sources: Sequence[str]) -> NDArray[np.intp]:
    """`(n,)` from 0 to 4: sources in turn, so that nobody's word is judged by a fit that heard them."""
    place = {source: number % _FOLDS for number, source in enumerate(dict.fromkeys(sources))}
    return np.array([place[source] for source in sources], dtype=np.intp)


def _figures(relevance: Floats, helped: Floats) -> Figures:
    odds = log_odds(relevance)
    return Figures(
        log_loss=float(np.mean(np.logaddexp(0, odds) - helped * odds)),
        calibration_error=calibration_error(relevance, helped.astype(bool)),
    )


def _bins(relevance: Floats, own: Floats, helped: Floats) -> tuple[Bin, ...]:
    places = np.digitize(relevance, _EDGES)
    edges = (0.0, *_EDGES, 1.0)
    return tuple(
        Bin(
            least=edges[place],
            most=edges[place + 1],
            observations=int(inside.sum()),
            shipped=float(relevance[inside].mean()),
            own=float(own[inside].mean()),
            helped=float(helped[inside].mean()),
        )
        for place in range(len(_EDGES) + 1)
        if (inside := places == place).any()
    )
