"""The learnt map: its gradient is that of its loss, the same data give the same map, too little data give none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from retrieval import adapter as module
from retrieval.adapter import LEAST_TARGETS, PULL_TO_IDENTITY, SCALE, Adapter, learn_adapter

Floats = npt.NDArray[np.float32]
DIMENSIONS = 12


def unit(rows: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def some_vectors(targets: int, wordings: int = 4, seed: int = 1) -> tuple[Floats, list[int]]:
    """Vectors whose first half tells the target and whose second half is the wording, which misleads."""
    chance = np.random.default_rng(seed)
    owners = [t for t in range(targets) for _ in range(wordings)]
    meaning = chance.normal(size=(targets, DIMENSIONS // 2))[owners]
    wording = 2 * chance.normal(size=(len(owners), DIMENSIONS // 2))
    return unit(np.hstack([meaning, wording])), owners


def loss(matrix: npt.NDArray[np.float64], asked: Floats, answers: Floats) -> float:
    """InfoNCE with the pull to the identity, written from its definition."""
    a = asked @ matrix
    p = answers @ matrix
    scores = SCALE * (a / np.linalg.norm(a, axis=1, keepdims=True)) @ (p / np.linalg.norm(p, axis=1, keepdims=True)).T
    right = scores[np.arange(len(a)), np.arange(len(a))]
    wrong = np.log(np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)) + scores.max(axis=1)
    pull = PULL_TO_IDENTITY * ((matrix - np.eye(len(matrix))) ** 2).sum()
    return float((wrong - right).mean() + pull)


def test_gradient_is_that_of_the_loss() -> None:
    chance = np.random.default_rng(3)
    asked, answers = unit(chance.normal(size=(5, DIMENSIONS))), unit(chance.normal(size=(9, DIMENSIONS)))
    matrix = np.eye(DIMENSIONS) + 0.1 * chance.normal(size=(DIMENSIONS, DIMENSIONS))
    gradient = module._gradient(matrix.astype(np.float32), asked, answers)
    step = 1e-4
    for row, column in [(0, 0), (1, 7), (5, 5), (11, 2), (6, 10)]:
        nudge = np.zeros_like(matrix)
        nudge[row, column] = step
        slope = (loss(matrix + nudge, asked, answers) - loss(matrix - nudge, asked, answers)) / (2 * step)
        assert gradient[row, column] == pytest.approx(slope, rel=2e-2, abs=2e-3)


def test_wordings_of_one_target_come_to_lie_together() -> None:
    vectors, owners = some_vectors(40)
    mapped = learn_adapter(vectors, owners)(vectors)
    assert _right_neighbours(mapped, owners) > _right_neighbours(vectors, owners) + 0.2


def _right_neighbours(vectors: Floats, owners: list[int]) -> float:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    return float(np.mean([owners[int(scores[i].argmax())] == owners[i] for i in range(len(owners))]))


def test_same_vectors_give_the_same_map() -> None:
    vectors, owners = some_vectors(20)
    one, two = learn_adapter(vectors, owners), learn_adapter(vectors, owners)
    np.testing.assert_array_equal(one.matrix, two.matrix)
    np.testing.assert_array_equal(one.mean, two.mean)
    assert not np.array_equal(learn_adapter(vectors, owners, seed=1).matrix, one.matrix)


@pytest.mark.parametrize(("targets", "wordings"), [(LEAST_TARGETS - 1, 4), (30, 2), (30, 1)])
def test_too_little_to_learn_from_leaves_vectors_as_they_are(targets: int, wordings: int) -> None:
    vectors, owners = some_vectors(targets, wordings)
    learnt = learn_adapter(vectors, owners)
    np.testing.assert_array_equal(learnt.matrix, np.eye(DIMENSIONS))
    np.testing.assert_allclose(learnt(vectors), vectors, atol=1e-6)


def test_mapped_vectors_have_length_one() -> None:
    vectors, owners = some_vectors(20)
    lengths = np.linalg.norm(learn_adapter(vectors, owners)(vectors), axis=1)
    np.testing.assert_allclose(lengths, 1.0, atol=1e-5)


def test_identity_changes_nothing() -> None:
    vectors, _ = some_vectors(5)
    np.testing.assert_allclose(Adapter.identity(DIMENSIONS)(vectors), vectors, atol=1e-6)


def test_vector_of_nothing_is_no_trouble() -> None:
    assert np.isfinite(Adapter.identity(DIMENSIONS)(np.zeros((1, DIMENSIONS), dtype=np.float32))).all()


def test_progress_reaches_its_end() -> None:
    vectors, owners = some_vectors(10)
    seen: list[tuple[int, int]] = []
    learn_adapter(vectors, owners, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(1, seen[-1][1] + 1))
