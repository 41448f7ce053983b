"""The benchmark runs: what it measures exists and answers. It says nothing about speed."""

import json
import subprocess
import sys

import pytest

from tests.bench.processes import ROOT


@pytest.mark.xdist_group("reliability")
def test_bench_measures_every_page(tmp_path):
    report = tmp_path / "report.json"
    short = ["--quick", "--rounds=1", "--seconds=0.1", "--past=500", f"--json={report}"]

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *short], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    pages = {result["page"]: result for result in json.loads(report.read_text())}
    assert set(pages) == {
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
    assert all(result["queries"] <= 15 for result in pages.values())
    assert all(result["requests_per_second"] > 0 for result in pages.values())


@pytest.mark.xdist_group("reliability")
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


@pytest.mark.xdist_group("reliability")
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
