"""Which tests go to the same worker of a run in parallel.

In place of `--dist=loadgroup`: xdist 3.8 marks a group in the test's id, which pytest 9.2 does not
let it change (https://github.com/pytest-dev/pytest-xdist/issues/1386).
"""

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

# Races use the whole machine, and so do benchmarks: no two of them run at once.
RACES = ("tests/reliability/", "tests/bench/")
# pytest-playwright puts the browser's name into the parameters of each test with a page.
BROWSER = re.compile(r"[\[-]chromium[-\]]")


class InGroups(LoadScopeScheduling):
    """Browser tests share one worker, so one browser and one running portal, and each kind of page
    is judged once. Races and benchmarks share another. All other tests go where there is room."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def group_of(nodeid: str) -> str:
    """“browser”, “races”, or "" for a test that can be in any worker."""
    if BROWSER.search(nodeid):
        return "browser"
    return "races" if nodeid.startswith(RACES) else ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return InGroups(config, log)


def pytest_collection_modifyitems(items):
    """Also where a browser's test is not parametrized, which would escape its group."""
    for item in items:
        has_browser = bool({"page", "new_context"} & set(item.fixturenames))
        if has_browser != (group_of(item.nodeid) == "browser"):
            raise pytest.UsageError(f"{item.nodeid}: is it a browser's test?")
