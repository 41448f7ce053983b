"""`./dev test`: the runs of pytest that make up the suite. docs/tests.md says what runs where.

Imported by `dev`, so by a Python that has no packages: nothing but the standard library here.
"""

from collections.abc import Callable, Sequence

PYTEST = ("-m", "pytest", "-n2", "--dist=loadscope")
POSTGRESQL, SQLITE = "--database=postgresql", "--database=sqlite"
NOTHING_RAN = 5  # pytest's status; fine on one database: a test may belong to the other


def run_all(arguments: Sequence[str], call: Callable[..., int], say: Callable[[str], None]) -> int:
    """Run the suite; `call` starts Python with what it is given. The exit status of all."""
    results = []
    for run in runs(arguments):
        say(f"\n=== Tests {' '.join(run[len(PYTEST) :])}")
        results.append(call(*run))
    return status(results)


def runs(arguments: Sequence[str]) -> list[tuple[str, ...]]:
    """PostgreSQL takes everything, SQLite what depends on the database; both all of it if `--full`.

    The database may be chosen: then it is the only one. Lines are measured in one run that takes
    everything: with `--full` in that on SQLite, which is the shorter one.
    """
    measured = ("--coverage",) if {"--coverage", "--full"} & set(arguments) else ()
    arguments = [argument for argument in arguments if argument != "--coverage"]
    if any(argument.startswith("--database") for argument in arguments):
        return [(*PYTEST, *measured, *arguments)]
    first, second = (*PYTEST, POSTGRESQL), (*PYTEST, SQLITE)
    if "--full" in arguments:
        return [(*first, *arguments), (*second, *measured, *arguments)]
    return [(*first, *measured, *arguments), (*second, "--second", *arguments)]


def status(results: Sequence[int]) -> int:
    """Of the first run that failed; a failure if no run had a test."""
    failed = [result for result in results if result not in (0, NOTHING_RAN)]
    return failed[0] if failed else min(results)
