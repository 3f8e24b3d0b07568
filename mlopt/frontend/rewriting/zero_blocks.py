"""Where a matrix of weights is zero, and which smaller products are left of it.

Answers "what of a product by this matrix has to be computed". NumPy only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

# Blocks that are looked for, the largest first: smaller ones make more patterns.
_BLOCK_SIZES: Final = (64, 32, 16)
# Merging patterns is quadratic in their number.
_MAX_PATTERNS: Final = 256
# What it costs to gather a part's share of the other operand, as columns of weights.
_GATHER_COLUMNS: Final = 16
# A product stays unless its parts cost at most this share of it. With 40% of its blocks
# zero, a share of 0.75, 128x1024x1024 takes 1/1.2 of the time under data tiling; with a
# quarter of its rows or columns zero, 0.75 too, 1/1.1 to 1/1.35.
_MAX_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A product by some rows and columns of a matrix.

    Attributes:
        rows, columns: their indices in the matrix, ascending.
    """

    rows: np.ndarray
    columns: np.ndarray

    def cost(self, num_rows: int) -> int:
        """Multiplications for each row of the other operand.

        Args:
            num_rows: of the whole matrix; a part with all of them gathers nothing.
        """
        is_gathered = len(self.rows) < num_rows
        width = len(self.columns) + (_GATHER_COLUMNS if is_gathered else 0)
        return len(self.rows) * width


def parts_of(is_kept: np.ndarray, max_parts: int) -> list[Part] | None:
    """Products that together are the one by a matrix; columns of no part are zero.

    Args:
        is_kept: (rows, columns), where the matrix is not zero; rows are summed over.
        max_parts: how many there may be, 1 or more; with 1, rows and columns that are
            zero as a whole are all that is skipped.

    Returns:
        None where too little is saved.
    """
    num_rows = len(is_kept)

    def cost(plan: Sequence[Part]) -> int:
        return sum(part.cost(num_rows) for part in plan)

    plans = [_one_part(is_kept)]
    if max_parts > 1:
        plans += [_by_blocks(is_kept, size, max_parts) for size in _BLOCK_SIZES]
    # Of equal costs the first, which has the fewest parts.
    best = min(plans, key=cost)
    return best if cost(best) <= _MAX_SHARE * is_kept.size else None


def _one_part(is_kept: np.ndarray) -> list[Part]:
    """The matrix without rows and columns that are zero."""
    rows = np.flatnonzero(is_kept.any(axis=1))
    columns = np.flatnonzero(is_kept.any(axis=0))
    return [Part(rows=rows, columns=columns)] if rows.size else []


def _by_blocks(is_kept: np.ndarray, size: int, max_parts: int) -> list[Part]:
    """Columns of blocks that are zero in the same or in similar rows of blocks."""
    strips = _strips(is_kept, size)  # (columns of blocks, rows of blocks)
    patterns, owner = np.unique(strips, axis=0, return_inverse=True)
    if len(patterns) > _MAX_PATTERNS:
        return _one_part(is_kept)
    column_pattern = np.repeat(owner.reshape(-1), size)[: is_kept.shape[1]]
    has_column = is_kept.any(axis=0)
    parts = []
    widths = np.bincount(owner.reshape(-1))
    for group in _groups(patterns, widths, max_parts):
        columns = np.flatnonzero(np.isin(column_pattern, group) & has_column)
        rows = np.flatnonzero(is_kept[:, columns].any(axis=1))
        if rows.size:
            parts.append(Part(rows=rows, columns=columns))
    # As the columns of the result lie, which then need no other order.
    return sorted(parts, key=lambda part: part.columns[0])


def _strips(is_kept: np.ndarray, size: int) -> np.ndarray:
    """For each column of blocks, in which rows of blocks it is not zero."""
    rows, columns = is_kept.shape
    padded = np.pad(is_kept, ((0, -rows % size), (0, -columns % size)))
    blocks = padded.reshape(-(-rows // size), size, -(-columns // size), size)
    return np.asarray(blocks.any(axis=(1, 3))).T


def _groups(
    patterns: np.ndarray, widths: np.ndarray, max_groups: int
) -> list[list[int]]:
    """Patterns that share a product: few enough, the cheapest to unite first.

    Args:
        patterns: (patterns, rows of blocks); widths: columns of blocks of each.
    """
    kept, widths = patterns.copy(), widths.copy()
    groups = [[index] for index in range(len(patterns))]
    while len(groups) > max_groups:
        added = _added_blocks(kept, widths)
        first, second = sorted(divmod(int(added.argmin()), len(groups)))
        kept[first] |= kept[second]
        widths[first] += widths[second]
        groups[first] += groups.pop(second)
        kept, widths = np.delete(kept, second, axis=0), np.delete(widths, second)
    return groups


def _added_blocks(kept: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Blocks of zeros that are multiplied too where two patterns become one."""
    sizes = kept.sum(axis=1)
    own = sizes * widths
    united = sizes[:, None] + sizes - kept.astype(np.int64) @ kept.T
    added = united * (widths[:, None] + widths) - own[:, None] - own
    added[np.diag_indices_from(added)] = np.iinfo(added.dtype).max
    return added


def sources_of(parts: Sequence[Part], num_columns: int) -> np.ndarray:
    """Where each column of the result is among those of all parts; -1 where it is zero.

    Args:
        parts: at least one.
    """
    columns = np.concatenate([part.columns for part in parts])
    sources = np.full(num_columns, -1)
    sources[columns] = np.arange(len(columns))
    return sources


def runs_of(indices: np.ndarray) -> list[tuple[int, int]]:
    """First index and number of those that follow one another, of which -1 is none.

    [4, 5, 6, -1, -1, 0] -> [(4, 3), (-1, 2), (0, 1)]
    """
    before, after = indices[:-1], indices[1:]
    is_next = np.where(before < 0, after < 0, after == before + 1)
    starts = [0, *(np.flatnonzero(~is_next) + 1)]
    ends = [*starts[1:], len(indices)]
    return [(int(indices[a]), int(b - a)) for a, b in zip(starts, ends, strict=True)]
