"""Which tests share a worker of a parallel run."""

import pytest

from tests.plugins.scheduling import group_of


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/flows/test_story.py::test_A01[chromium-with-javascript]", "browser"),
        ("tests/reliability/test_one_slot.py::test_B09_one_of_200", "races"),
        ("tests/bench/test_bench.py::test_bench_measures_every_page", "races"),
        ("tests/web/test_headers.py::test_A04_headers[/]", ""),
    ],
    ids=["page", "race", "benchmark", "other"],
)
def test_browser_tests_and_races_have_a_worker_each(test, group):
    assert group_of(test) == group
