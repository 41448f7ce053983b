"""Sets of ids as spans, `[[1, 50], [52, 60]]`: a seal of thousands of rows is a line of text."""

from collections.abc import Iterable, Iterator

Spans = list[list[int]]


def spans_of(ids: Iterable[int]) -> Spans:
    """`ids` ascend."""
    found: Spans = []
    for one in ids:
        if found and found[-1][1] == one - 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return found


def ids_of(spans: Spans) -> Iterator[int]:
    """All ids, ascending."""
    return (one for first, last in spans for one in range(first, last + 1))


def gaps(spans: Iterable[list[int]], *, after: int) -> Spans:
    """What lies above `after` and between the spans, which may be in any order."""
    found: Spans = []
    for first, last in sorted(spans):
        if first > after + 1:
            found.append([after + 1, first - 1])
        after = max(after, last)
    return found
