"""A static model, small and real, made here: a vector for each character, and characters that were said to mean the same share theirs."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from model2vec import StaticModel
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

LENGTH = 32
CHARACTERS = "我要退货款怎么办可以开发票吗抬头错了买的东西不想送回去报销用单据您好龘"


def make(folder: Path, same: Mapping[str, str], characters: str = CHARACTERS, length: int = LENGTH) -> Path:
    """`same`: a character, and the one whose vector it has."""
    tokens = ["[UNK]", *dict.fromkeys(characters)]
    known = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    vectors = np.random.default_rng(7).normal(size=(len(tokens), length)).astype(np.float32)
    for token, other in same.items():
        vectors[known[token]] = vectors[known[other]]
    StaticModel(vectors=vectors, tokenizer=tokenizer).save_pretrained(folder)
    return folder
