"""`--coverage`: which lines of portal/ and clinic/ the tests run, and a floor for their share.

Begins before Django is loaded, so `addopts` names it. Each process that runs tests measures itself;
the one that was started puts it together. Programs that tests start are not measured.
"""

import os
from pathlib import Path

import pytest

from tests.plugins.database import FOLDER, is_worker

FLOOR: float | None = None  # per cent; None until a run of all tests has been measured
SOURCES = ["portal", "clinic"]
ROOT = Path(__file__).resolve().parents[2]
MEASURED, SHARE = pytest.StashKey(), pytest.StashKey()


def pytest_addoption(parser):
    sentence = "measure which lines run; a run of all tests fails below the floor"
    parser.addoption("--coverage", action="store_true", help=sentence)


@pytest.hookimpl(wrapper=True)  # within that of tests.plugins.database, which makes the folder
def pytest_load_initial_conftests(early_config):
    if early_config.known_args_namespace.coverage:
        early_config.stash[MEASURED] = measuring()
    return (yield)


def measuring():
    """The measurement of this process, begun."""
    import coverage  # deferred: most runs do without it

    folder = Path(os.environ[FOLDER]) / "coverage"
    folder.mkdir(exist_ok=True)
    sources = [str(ROOT / one) for one in SOURCES]
    measured = coverage.Coverage(
        data_file=str(folder / "lines"), data_suffix=True, source=sources, config_file=False
    )
    measured.start()
    return measured


@pytest.hookimpl(trylast=True)  # xdist's workers have ended by then
def pytest_sessionfinish(session):
    measured = session.config.stash.get(MEASURED, None)
    if measured is None:
        return
    measured.stop()
    measured.save()
    if not is_worker():
        share = session.config.stash[SHARE] = share_of_lines(measured)
        is_low = is_below(FLOOR, share=share, is_whole=is_whole(session.config))
        if is_low and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def share_of_lines(measured) -> float:
    """Per cent, of all processes together."""
    measured.combine()
    with Path(os.devnull).open("w") as nowhere:
        return measured.report(file=nowhere)


def is_below(floor: float | None, *, share: float, is_whole: bool) -> bool:
    return is_whole and floor is not None and share < floor


def is_whole(config) -> bool:
    """Nothing was left out; only then the floor says something."""
    chosen = ("keyword", "markexpr", "part", "second", "deselect", "lf")
    is_all = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    return is_all and not any(config.getoption(name, None) for name in chosen)


def pytest_terminal_summary(terminalreporter, config):
    share = config.stash.get(SHARE, None)
    if share is not None:
        whole = is_whole(config)
        floor = f"the floor is {FLOOR} %" if FLOOR is not None else "no floor is set yet"
        said = f"{share:.2f} % of the lines were run; {floor if whole else 'not all tests'}"
        terminalreporter.write_line(said, red=is_below(FLOOR, share=share, is_whole=whole))
