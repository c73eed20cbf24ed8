# SPDX-License-Identifier: Apache-2.0
"""Inputs for whole programs, the same each time."""
import os
import random


def fasta(path: str, names: list[str], sequences: list[str]) -> None:
    with open(path, "w", encoding="ascii") as file:
        for name, sequence in zip(names, sequences):
            file.write(f">{name}\n{sequence}\n")


def family(source: random.Random, letters: str, count: int, length: int, rate: float, gaps: bool) -> list[str]:
    """Sequences that descend from one another, so that there is a tree to find."""
    made = ["".join(source.choice(letters) for _ in range(length))]
    while len(made) < count:
        child = [source.choice(letters) if source.random() < rate else letter for letter in source.choice(made)]
        if gaps:
            child = [letter for letter in child if source.random() > 0.02]
        made.append("".join(child))
    return made


def prepare(inputs: str) -> None:
    os.makedirs(inputs, exist_ok=True)
    source = random.Random(20260101)
    names = [f"s{number:03}" for number in range(200)]
    fasta(inputs + "/aligned.fa", names, family(source, "ACGT", 150, 400, 0.08, False))
    fasta(inputs + "/protein.fa", names, family(source, "ACDEFGHIKLMNPQRSTVWY", 60, 200, 0.1, False))
    fasta(inputs + "/loose.fa", names, family(source, "ACDEFGHIKLMNPQRSTVWY", 60, 120, 0.1, True))
    fasta(inputs + "/small.fa", names, family(source, "ACGT", 14, 400, 0.06, False))
    fasta(inputs + "/tiny.fa", names, family(source, "ACGT", 24, 200, 0.08, False))
    fasta(inputs + "/loose-tiny.fa", names, family(source, "ACDEFGHIKLMNPQRSTVWY", 10, 60, 0.1, True))
    with open(inputs + "/picture.ppm", "wb") as file:
        file.write(b"P6 400 300 255\n" + bytes(source.randrange(256) for _ in range(400 * 300 * 3)))
