"""Which tests a run leaves to others: `--second`, `--part=1/4`, and how much `--full` asks for.

The suite runs on both databases. What cannot depend on the database runs on the first of the two
only; the second run, `--second`, leaves it out. docs/tests.md says why.
"""

import re
from pathlib import PurePath
from zlib import crc32

import pytest

# Without one of these, pytest-django refuses to talk to the database.
ASK_THE_DATABASE = {"db", "django_db_setup", "live_server", "start_portal", "database", "clinic"}
BROWSER = {"page", "new_context"}
MAIN_STORY = "tests/flows/test_story.py"
# They ask the database only for what other tests ask it too, or choose one themselves.
ONCE = (
    "tests/access/",  # who may open what
    "tests/pseudo/",  # words
    "tests/notifications/services/test_wording.py",
    "tests/web/sweep/",  # what may be typed; PostgreSQL refuses more
)
# Only with `--full`: that the benchmarks run at all takes minutes, and no page depends on it.
NIGHTLY = ("tests/bench/",)

is_full = False  # set by --full


def pytest_addoption(parser):
    group = parser.getgroup("portal")
    group.addoption(
        "--second",
        action="store_true",
        help="leave out what does not depend on the database: another run has done it",
    )
    group.addoption("--full", action="store_true", help="all tests, state machines at full length")
    group.addoption("--part", metavar="N/OF", help="one of several parts, e.g. 1/4")


def pytest_configure(config):
    global is_full
    is_full = config.getoption("--full")
    part_of(config)  # a wrong one is refused before anything runs


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    number, of = part_of(config)
    kept, left_out = [], []
    for item in items:
        is_kept = (
            _part(item, of) == number
            and _is_for(config.getoption("--database"), item)
            and (is_full or not file_of(item).startswith(NIGHTLY))
        )
        if config.getoption("--second"):
            is_kept = is_kept and depends_on_the_database(item)
        (kept if is_kept else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def length(*, each_commit: int, full: int) -> int:
    """How often something is tried: some times on each commit, more with `--full`."""
    return full if is_full else each_commit


def part_of(config) -> tuple[int, int]:
    """Which part of how many, the first is 0; (0, 1) is everything."""
    text = config.getoption("--part") or "1/1"
    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", text)
    if not found or int(found[1]) > int(found[2]):
        raise pytest.UsageError(f"--part={text}: write 1/4 for the first of four parts.")
    return int(found[1]) - 1, int(found[2])


def _part(item, of: int) -> int:
    """By file, so that what a file's tests share is made in one part."""
    return crc32(file_of(item).encode()) % of


def _is_for(database: str, item) -> bool:
    """`@pytest.mark.only_on("postgresql")`: a test of what the other database does not have."""
    marker = item.get_closest_marker("only_on")
    return marker is None or marker.args == (database,)


def depends_on_the_database(item) -> bool:
    file, fixtures = file_of(item), set(item.fixturenames)
    if file == MAIN_STORY:
        return True
    if file.startswith(ONCE) or fixtures & BROWSER:
        return False
    return item.get_closest_marker("django_db") is not None or bool(fixtures & ASK_THE_DATABASE)


def file_of(item) -> str:
    return PurePath(item.nodeid.partition("::")[0]).as_posix()
