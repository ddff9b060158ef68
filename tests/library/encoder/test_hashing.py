import subprocess
import sys

import numpy as np
import pytest

from triagem.encoder.hashing import HashingEncoder


def test_accents_and_case_do_not_count() -> None:
    with_accents, without = HashingEncoder().encode(["Configuração da IMPRESSORA", "configuracao da impressora"])
    np.testing.assert_array_equal(with_accents, without)


def test_shared_words_make_texts_near() -> None:
    query, near, far = HashingEncoder().encode(["reset my password", "how to reset a password", "printer out of paper"])
    assert float(query @ near) > float(query @ far) + 0.2


def test_a_text_without_words_has_the_first_axis() -> None:
    vector = HashingEncoder().encode(["?!"])[0]
    assert vector[0] == pytest.approx(1.0)
    assert np.count_nonzero(vector) == 1


def test_another_process_gives_the_same_vector() -> None:
    script = "from triagem.encoder.hashing import HashingEncoder as E; print(E().encode(['senha errada'])[0].tolist())"
    outputs = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert outputs == {f"{HashingEncoder().encode(['senha errada'])[0].tolist()}\n"}
