"""Reads a folder's tokenizer, once a process: it holds the whole vocabulary, and more than one reader asks for it."""

from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

from triagem.encoder.manifest import TOKENIZER


@cache
def tokenizer_of(folder: Path, digest: str, *, max_tokens: int) -> Tokenizer:  # noqa: ARG001 - another file, another key
    """The folder's tokenizer, that cuts after `max_tokens` and pads nothing; the same object for the same file.

    `digest` is that of the file, which whoever asks has checked.

    Safe to share between threads as long as nobody changes it.
    """
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer
