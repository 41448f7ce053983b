"""The files beside the code (licence, security, forms, docs): no names, no paths that are gone."""

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
DOCS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
# A path begins at the root of the repository, or inside portal/: `diary/services/slots.py`.
PATH = re.compile(
    r"(?<![\w/.-])(?:(?:portal|templates|tests)/[\w./-]*|(?:[\w-]+/)+[\w-]+\.py)(?![\w<*…])"
)
# The layout before the packages; only the decision on packages tells of it.
LAYOUT_BEFORE = ROOT / "docs/decisions/packages.md"


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


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_paths_named_in_docs_exist(doc):
    named = PATH.findall(doc.read_text()) if doc != LAYOUT_BEFORE else []

    assert [path for path in named if not _exists(path.rstrip("."))] == []


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_links_in_docs_lead_to_files(doc):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", doc.read_text())

    assert [target for target in targets if not (doc.parent / target).exists()] == []


def _exists(path: str) -> bool:
    return (ROOT / path).exists() or (ROOT / "portal" / path).exists()
