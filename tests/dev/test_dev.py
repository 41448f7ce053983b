"""What ./dev says when it is used wrongly or cannot work. Nothing here installs anything."""

import importlib.util
import os
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parents[2] / "dev"


@pytest.fixture
def dev(monkeypatch):
    """The script as a module."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("dev", str(DEV))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def calls(dev, monkeypatch):
    """Instead of running commands, ./dev notes them here; each succeeds."""
    noted = []
    monkeypatch.setattr(dev, "set_up", lambda **_: None)
    monkeypatch.setattr(dev, "call", lambda *command, **_: noted.append(command) or 0)
    return noted


def run_dev(*arguments, **environment):
    command = [sys.executable, str(DEV), *arguments]
    options = {"capture_output": True, "text": True, "timeout": 60}
    return subprocess.run(command, env={**os.environ, **environment}, **options)


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def test_help_lists_every_command():
    done = run_dev("--help")

    assert done.returncode == 0
    for command in ("run", "test", "check", "bench", "manage"):
        assert f"./dev {command}" in done.stdout


def test_no_command_shows_the_help_and_fails():
    done = run_dev()

    assert done.returncode == 2
    assert "./dev run" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fly"], "There is no command fly"),
        (["check", "portal"], "takes no arguments"),
        (["run", "--port", "99999999"], "Port 99999999 cannot be used"),
    ],
)
def test_wrong_arguments_get_one_sentence(arguments, sentence):
    done = run_dev(*arguments)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_old_python_is_named(dev, monkeypatch):
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))

    with pytest.raises(dev.Trouble, match=r"Python 3.11 or newer is needed; this is 3.9."):
        dev.main(["run"])


def test_taken_port_is_named_before_anything_is_installed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_dev("run", "--port", str(port))

    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr
    assert done.stderr.count("\n") == 1


def test_unreachable_index_is_named(dev, closed_port, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{closed_port}/simple")

    with pytest.raises(dev.Trouble, match=r"No network: the package index 127.0.0.1"):
        dev.download_pip()


def test_index_comes_from_pips_configuration(dev, tmp_path, monkeypatch):
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://mirror.example/simple\n")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))

    assert dev.index_url() == "https://mirror.example/simple"


def test_stamp_changes_with_the_requirements(dev, tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("a==1")
    before = dev.fingerprint("requirements.txt")

    (tmp_path / "requirements.txt").write_text("a==2")

    assert dev.fingerprint("requirements.txt") != before


def test_tests_run_on_both_databases(dev, calls):
    assert dev.test(["-k", "B04"]) == 0

    runs = [command for command in calls if "pytest" in command]
    assert ["--database=postgresql" in run for run in runs] == [True, False]
    assert ["--database=sqlite" in run for run in runs] == [False, True]
    assert ["--second" in run for run in runs] == [False, True]
    assert all(run[-2:] == ("-k", "B04") for run in runs)


def test_a_full_run_leaves_nothing_out(dev, calls):
    dev.test(["--full"])

    runs = [command for command in calls if "pytest" in command]
    assert ["--second" in run for run in runs] == [False, False]
    assert ["--full" in run for run in runs] == [True, True]


@pytest.mark.parametrize(
    ("arguments", "measured"),
    [
        ([], [False, False]),
        (["--coverage"], [True, False]),
        (["--full"], [False, True]),
        (["--full", "--coverage"], [False, True]),
        (["--database=sqlite", "--coverage"], [True]),
        (["--database=sqlite"], [False]),
    ],
)
def test_lines_are_measured_in_one_run_if_asked_for(dev, calls, arguments, measured):
    dev.test(arguments)

    runs = [command for command in calls if "pytest" in command]
    assert [run.count("--coverage") for run in runs] == [int(one) for one in measured]


def test_tests_run_on_the_chosen_database_only(dev, calls):
    dev.test(["--database=sqlite"])

    [run] = [command for command in calls if "pytest" in command]
    assert "--second" not in run


@pytest.mark.parametrize(
    ("statuses", "expected"), [((0, 0), 0), ((5, 0), 0), ((5, 5), 5), ((0, 1), 1), ((1, 0), 1)]
)
def test_status_of_the_tests_is_that_of_both_runs(dev, calls, monkeypatch, statuses, expected):
    remaining = iter((0, *statuses))  # the search for a browser comes first
    monkeypatch.setattr(dev, "call", lambda *_, **__: next(remaining))

    assert dev.test([]) == expected


def test_first_start_makes_a_private_key_and_the_second_keeps_it(dev, tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "VAR", tmp_path / "var")

    environment = dev.prepare_var(8123)
    settings = (tmp_path / "var" / "env").read_text()
    dev.prepare_var(8123)

    assert environment["ORIGIN"].startswith("http://localhost:")
    assert "DEBUG=on\nSECRET_KEY=" in settings
    assert (tmp_path / "var" / "env").read_text() == settings
    assert (tmp_path / "var" / "env").stat().st_mode & 0o777 == 0o600


def test_failing_checks_are_listed_at_the_end(dev, calls, monkeypatch, capsys):
    monkeypatch.setattr(dev, "passes", lambda step, _: step[0] != "djlint")

    assert dev.check([]) == 1
    assert capsys.readouterr().out.count("FAILED: djlint") == 1


def test_a_worker_that_ended_is_started_again(dev, monkeypatch, capsys):
    monkeypatch.setattr(dev.time, "sleep", lambda _seconds: None)
    sleeping = [sys.executable, "-c", "input()"]
    ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    ended.wait()

    with dev.running(ended, sleeping, stdin=subprocess.PIPE) as another:
        still = dev.running(another, sleeping)

        assert (another.poll(), still) == (None, another)
    assert capsys.readouterr().out.count("ended by itself (status 3)") == 1
