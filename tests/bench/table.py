"""The results, for people and as JSON."""

from dataclasses import dataclass

from tests.bench.measure import Target
from tests.bench.pages import Page

HEADINGS = (
    "page",
    "req/s",
    "p95 ms",
    "CPU ms",
    "× bare (time)",
    "× bare (CPU)",
    "× little past",
    "queries",
    "must be",
    "",
)


@dataclass
class Row:
    page: Page
    bare: Target
    target: Target
    little: Target | None = None  # the same page with little history
    queries: int = 0

    @property
    def times_bare(self) -> float:
        return self.bare.rate / self.target.rate

    @property
    def times_bare_cpu(self) -> float:
        return self.target.cpu_ms / self.bare.cpu_ms

    @property
    def growth(self) -> float | None:
        return self.little.rate / self.target.rate if self.little else None

    @property
    def ok(self) -> bool:
        return (
            self.times_bare <= self.page.times_bare
            and self.queries <= self.page.queries
            and (self.growth is None or self.growth <= self.page.growth)
        )

    def as_dict(self) -> dict:
        return {
            "page": self.page.name,
            "requests_per_second": round(self.target.rate, 1),
            "bare_requests_per_second": round(self.bare.rate, 1),
            "p95_ms": round(self.target.p95_ms, 1),
            "cpu_ms": round(self.target.cpu_ms, 2),
            "bare_cpu_ms": round(self.bare.cpu_ms, 2),
            "times_bare": round(self.times_bare, 2),
            "times_bare_cpu": round(self.times_bare_cpu, 2),
            "growth": self.growth and round(self.growth, 2),
            "queries": self.queries,
            "ok": self.ok,
        }

    def cells(self) -> tuple[str, ...]:
        limits = f"≤ {self.page.times_bare:g} ×, ≤ {self.page.queries} queries"
        if self.growth:
            limits += f", ≤ {self.page.growth:g} × little"
        return (
            *_of(self.target),
            f"{self.times_bare:.2f}",
            f"{self.times_bare_cpu:.2f}",
            f"{self.growth:.2f}" if self.growth else "–",
            str(self.queries),
            limits,
            "ok" if self.ok else "MISSED",
        )


def _of(target: Target) -> tuple[str, ...]:
    return target.name, f"{target.rate:.0f}", f"{target.p95_ms:.1f}", f"{target.cpu_ms:.2f}"


def print_table(bare: Target, rows: list[Row]) -> None:
    lines = [HEADINGS, (*_of(bare), "1.00", "1.00", "–", "3", "", "")]
    lines += [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        cells = [text.ljust(width) for text, width in zip(line, widths, strict=True)]
        print(" | ".join(cells).rstrip())
