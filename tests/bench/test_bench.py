"""The benchmark runs: what it measures exists and answers. It says nothing about speed."""

import json
import subprocess
import sys

import pytest

from tests.bench.processes import ROOT

PAGES = {
    "free slots",
    "a doctor's day",
    "appointments of a day",
    "search by name",
    "day sheet, list",
    "day sheet, columns",
    "day sheet, unchanged",
    "audit trail",
    "booking",
}
PAGES_OF_PEOPLE = {"overview", "people", "approvals", "patients", "search at the desk"}


@pytest.mark.parametrize(
    ("options", "names", "most_queries"),
    [([], PAGES, 15), (["--people"], PAGES_OF_PEOPLE, 10)],
    ids=["pages", "people"],
)
def test_bench_measures_every_page(tmp_path, options, names, most_queries):
    report = tmp_path / "report.json"
    short = ["--quick", "--rounds=1", "--seconds=0.1", "--past=500", f"--json={report}"]

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options, *short],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    pages = {result["page"]: result for result in json.loads(report.read_text())}
    assert set(pages) == names
    assert all(result["queries"] <= most_queries for result in pages.values())
    assert all(result["requests_per_second"] > 0 for result in pages.values())


def test_bench_measures_messages_on_both_databases():
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--messages", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ")[:2] for line in done.stdout.splitlines()[2:]]
    assert rows == [[f"| {name}", count] for name in ("SQLite", "PostgreSQL") for count in "13"]


def test_bench_measures_the_trail_on_both_databases():
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--audit", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == ["SQLite", "PostgreSQL"]
    assert [(row[5], row[8]) for row in rows] == [("1", "3 of 3")] * 2
