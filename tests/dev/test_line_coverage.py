"""When a run fails for the lines that it did not execute."""

from types import SimpleNamespace

import pytest

from tests.plugins import line_coverage

TESTPATHS = pytest.Config.ArgsSource.TESTPATHS


@pytest.mark.parametrize(
    ("floor", "share", "is_whole", "fails"),
    [
        (90.0, 89.99, True, True),
        (90.0, 90.0, True, False),
        (90.0, 12.0, False, False),
        (None, 12.0, True, False),
    ],
)
def test_only_a_whole_run_below_the_floor_fails(floor, share, is_whole, fails):
    assert line_coverage.is_below(floor, share=share, is_whole=is_whole) is fails


@pytest.mark.parametrize(
    ("source", "options", "is_whole"),
    [
        (TESTPATHS, {}, True),
        (TESTPATHS, {"keyword": "B04"}, False),
        (TESTPATHS, {"part": "1/4"}, False),
        (TESTPATHS, {"second": True}, False),
        (pytest.Config.ArgsSource.ARGS, {}, False),
    ],
)
def test_a_run_that_leaves_tests_out_is_not_whole(source, options, is_whole):
    config = SimpleNamespace(
        args_source=source, getoption=lambda name, default: options.get(name, default)
    )

    assert line_coverage.is_whole(config) is is_whole
