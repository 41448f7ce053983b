"""Start-up refuses what is unsafe."""

import os
import subprocess
import sys

import pytest

STRONG = "k" * 50


def start(tmp_path, **environment) -> subprocess.CompletedProcess:
    kept = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", "import clinic.settings"],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "at least 50 characters"),
        ({"SECRET_KEY": STRONG, "NODES": "2"}, "SQLite cannot be shared"),
    ],
)
def test_start_refuses_an_unsafe_mix(tmp_path, environment, said):
    started = start(tmp_path, **environment)

    assert started.returncode != 0
    assert said in started.stderr


def test_start_accepts_what_is_safe(tmp_path):
    postgresql = "postgresql://portal:secret@127.0.0.1/portal"

    assert start(tmp_path, SECRET_KEY=STRONG).returncode == 0
    assert start(tmp_path, SECRET_KEY=STRONG, NODES="2", DATABASE_URL=postgresql).returncode == 0
