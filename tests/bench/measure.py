"""Interleaved rounds over several targets, and their medians."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from tests.bench.processes import Load, Web


@dataclass
class Target:
    """Something that is asked for again and again; `take` gives the requests of one burst."""

    name: str
    web: Web
    take: Callable[[], list[str]]
    expected: str  # status
    seconds: float | None  # of a burst; None sends each request once
    rates: list[float] = field(default_factory=list)  # requests a second
    cpu: list[float] = field(default_factory=list)  # seconds a request, of the web's workers
    slowest: list[float] = field(default_factory=list)  # 95th percentile of the answers' seconds

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def cpu_ms(self) -> float:
        return 1000 * median(self.cpu)

    @property
    def p95_ms(self) -> float:
        return 1000 * median(self.slowest)

    def burst(self, load: Load, *, record: bool) -> None:
        before = self.web.cpu_seconds()
        burst = load.burst(self.web.port, self.take(), seconds=self.seconds)
        used = self.web.cpu_seconds() - before
        if set(burst.statuses) != {self.expected}:
            raise RuntimeError(f"{self.name} answered {burst.statuses}\n{self.web.log.read_text()}")
        if record:
            self.rates.append(burst.count / burst.seconds)
            self.cpu.append(used / burst.count)
            self.slowest.append(sorted(burst.latencies)[int(burst.count * 0.95)])


def measure(targets: list[Target], *, rounds: int, tell: Callable[[str], None]) -> None:
    """All in turn, so that what else the machine does meets all alike; round 0 only warms up."""
    load = Load()
    try:
        for number in range(rounds + 1):
            tell(f"Round {number} of {rounds}" if number else "Warming up")
            for target in targets:
                target.burst(load, record=number > 0)
    finally:
        load.stop()
