"""Train the second opinion. Needs scikit-learn of the development group; the trained model needs nothing but Python."""

import math
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final

from .linear import BUCKETS, PAIR, Head, Model, pair_of, pieces_of, read_model
from .tuning import Labelled

STRENGTH: Final = 3.0
"""Inverse of the regularisation; chosen on brands held out, 1 to 10 differ by one point of recall."""


class NoTrainer(Exception):
    """scikit-learn is not installed."""


def buckets_of(words: Sequence[str]) -> dict[int, float]:
    """What `Model.of_words` sums up for these words, bucket by bucket."""
    counted: Counter[int] = Counter()
    count = 0
    for word in words:
        some = list(pieces_of(word))
        counted.update(some)
        count += len(some)
    for left, right in pairwise(words):
        counted[pair_of(left, right)] += PAIR
        count += 1
    return {bucket: many / math.sqrt(count) for bucket, many in counted.items()}


def matrix(texts: Sequence[Labelled]) -> Any:
    """One row a text, one column a bucket (scipy, compressed rows)."""
    try:
        import numpy as np
        from scipy.sparse import csr_matrix
    except ImportError as error:
        raise NoTrainer("scikit-learn is not installed (development group)") from error
    ends, columns, values = [0], list[int](), list[float]()
    for text in texts:
        row = buckets_of(text.words)
        columns.extend(row)
        values.extend(row.values())
        ends.append(len(columns))
    return csr_matrix(
        (np.array(values, dtype=np.float64), np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int64)),
        shape=(len(texts), BUCKETS),
    )


def fit(rows: Any, promotes: Sequence[bool], trained_on: dict[str, int]) -> tuple[Head, bytes]:
    """The head and the weights of a model. The same rows give the same bytes."""
    try:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise NoTrainer("scikit-learn is not installed (development group)") from error
    solver = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=500, random_state=0)
    solver.fit(rows, np.array(promotes, dtype=bool))
    weights = solver.coef_[0]
    scale = float(np.abs(weights).max()) / 127
    stored = np.rint(weights / scale).astype(np.int8).tobytes()
    return Head(sha256(stored).hexdigest(), scale, float(solver.intercept_[0]), trained_on), stored


def trained(rows: Any, promotes: Sequence[bool]) -> Model:
    """A model to be asked at once, as it would be after it was stored and read."""
    head, stored = fit(rows, promotes, {})
    return read_model(head.written().encode(), stored)
