"""Which tests the second run and the parts of a run take."""

from types import SimpleNamespace

import pytest

from tests.plugins import selection


def item(file, *fixtures, marked=False):
    return SimpleNamespace(
        nodeid=f"{file}::test_it",
        fixturenames=list(fixtures),
        get_closest_marker=lambda name: marked if marked and name == "django_db" else None,
    )


def config(**options):
    return SimpleNamespace(getoption=lambda name: options.get(name.removeprefix("--")))


@pytest.mark.parametrize(
    ("one", "runs_again"),
    [
        (item("tests/people/services/test_patients.py", marked=True), True),
        (item("tests/people/views/test_doctors.py", "db"), True),
        (item("tests/reliability/test_one_slot.py", "portal", "start_portal"), True),
        (item("tests/transitions/test_transitions.py", "world", "django_db_setup"), True),
        (item("tests/flows/test_story.py", "page", "clinic"), True),
        (item("tests/flows/test_week.py", "new_context", "clinic"), False),
        (item("tests/access/test_urls.py", "django_db_setup"), False),
        (item("tests/clock/test_grid.py"), False),
    ],
)
def test_what_asks_the_database_runs_on_both(one, runs_again):
    assert selection.depends_on_the_database(one) == runs_again


def test_each_test_is_in_one_part():
    items = [item(f"tests/test_{number}.py") for number in range(50)]
    parts = []
    for number in range(1, 5):
        left = list(items)
        hook = SimpleNamespace(pytest_deselected=lambda items: None)
        given = SimpleNamespace(hook=hook, getoption=config(part=f"{number}/4").getoption)
        selection.pytest_collection_modifyitems(given, left)
        parts.append(left)

    assert all(0 < len(part) < 50 for part in parts)
    assert sorted(one.nodeid for part in parts for one in part) == sorted(
        one.nodeid for one in items
    )


@pytest.mark.parametrize("text", ["0/4", "5/4", "4", "a/b", "1/"])
def test_a_part_that_makes_no_sense_is_refused(text):
    with pytest.raises(pytest.UsageError, match="write 1/4"):
        selection.part_of(config(part=text))


def test_a_real_run_knows_these_options(request):
    for option in ("--second", "--full", "--part"):
        request.config.getoption(option)


@pytest.mark.parametrize(("full", "kept"), [(False, 1), (True, 2)])
def test_benchmarks_run_with_full_only(monkeypatch, full, kept):
    monkeypatch.setattr(selection, "is_full", full)
    items = [item("tests/bench/test_bench.py"), item("tests/clock/test_grid.py")]
    hook = SimpleNamespace(pytest_deselected=lambda items: None)
    given = SimpleNamespace(hook=hook, getoption=config(part="1/1").getoption)

    selection.pytest_collection_modifyitems(given, items)

    assert len(items) == kept
