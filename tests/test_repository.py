"""What a stranger finds beside the code: licence, security, forms; without anybody's name."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
FILES = [
    *(ROOT / name for name in ("LICENSE", "SECURITY.md", ".editorconfig", "CONTRIBUTING.md")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / ".github/dependabot.yml",
    *FORMS,
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_names_a_person_or_an_address(path):
    assert re.findall(r"\S+@\S+\.\S+", path.read_text()) == []


def test_weaknesses_go_through_the_hosts_private_report():
    assert "Report a\nvulnerability" in (ROOT / "SECURITY.md").read_text()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_issue_forms_can_be_read(path):
    form = yaml.safe_load(path.read_text())

    if path.name != "config.yml":
        assert {"name", "description", "body"} <= set(form)
        fields = [part for part in form["body"] if part["type"] != "markdown"]
        assert len({part["id"] for part in fields}) == len(fields)


def test_checks_before_a_commit_run_what_is_installed_here():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())

    [repository] = config["repos"]
    assert repository["repo"] == "local"
    assert all(hook["entry"].startswith(".venv/bin/") for hook in repository["hooks"])
