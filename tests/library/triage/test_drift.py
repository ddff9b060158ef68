import numpy as np

from triagem.triage.drift import confidence_shares, moved

EVEN = {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}


def test_nothing_moved_is_nothing_and_a_new_mix_is_alarming() -> None:
    assert moved(EVEN, EVEN, trained=1_000, seen=1_000).psi == 0.0
    other = moved(EVEN, {"a": 0.7, "b": 0.1, "c": 0.1, "d": 0.1}, trained=1_000, seen=1_000)
    assert other.is_alarming and other.psi > 0.8


def test_the_index_is_the_one_of_the_formula() -> None:
    # (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5), but for half a ticket in a million
    assert abs(moved({"a": 0.5, "b": 0.5}, {"a": 0.6, "b": 0.4}, trained=10**6, seen=10**6).psi - 0.0405) < 0.0001
    found = moved({"a": 0.5, "b": 0.5}, {"a": 0.6, "b": 0.4}, trained=100, seen=100)
    # The 95 % quantile of chi-square with one degree is 3.84; two samples of 100 make 0.02 of it.
    assert abs(found.chance - 0.0768) < 0.0001
    assert not found.is_alarming


def test_chance_alone_alarms_in_at_most_one_case_of_twenty_however_few_tickets_came() -> None:
    rng, alarms = np.random.default_rng(0), 0
    for _ in range(300):
        counts = rng.multinomial(50, [0.05] * 20)
        now = {str(at): count / 50 for at, count in enumerate(counts.tolist())}
        alarms += moved({str(at): 0.05 for at in range(20)}, now, trained=10_000, seen=50).is_alarming
    assert alarms / 300 <= 0.08


def test_a_class_that_nobody_knew_counts() -> None:
    assert moved({"a": 1.0}, {"a": 0.5, "new": 0.5}, trained=500, seen=500).is_alarming


def test_shares_of_confidence_add_up_to_one() -> None:
    shares = confidence_shares([0.1, 0.55, 0.99, 1.0])
    assert sum(shares.values()) == 1.0
    assert shares["0.95"] == 0.5
