"""The progress of a long command: a bar on a terminal, otherwise one line per stage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from django.core.management.base import OutputWrapper

WIDTH = 30


class Progress:
    def __init__(self, out: OutputWrapper):
        self.out = out
        self.has_bar = out.isatty()

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """Yields a function that is called with the number of finished items."""
        began = monotonic()
        done = 0
        self._bar(name, 0, total)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self._bar(name, done, total)

        yield advance
        line = f"{name}: {total:,} in {monotonic() - began:.1f} s"
        self._write(f"\r{line:<79}\n" if self.has_bar else f"{line}\n")

    def _bar(self, name: str, done: int, total: int) -> None:
        if self.has_bar:
            filled = WIDTH * done // max(total, 1)
            bar = "█" * filled + "·" * (WIDTH - filled)
            self._write(f"\r{name:<22} {bar} {done:>9,} of {total:,}")

    def _write(self, text: str) -> None:
        self.out.write(text, ending="")
        self.out.flush()
