"""The static files as in production, by names with their fingerprint: collected once a run."""

from pathlib import Path

from tests.servers import databases
from tests.servers.once import once_a_run


def collect_into(var_dir: Path) -> None:
    """Let a portal with that VAR_DIR serve them."""
    collected = once_a_run("collected", _collect) / "static"
    var_dir.mkdir(parents=True, exist_ok=True)
    (var_dir / "static").symlink_to(collected)


def _collect(folder: Path) -> None:
    # No database is asked.
    url = f"sqlite:///{folder / 'none.sqlite3'}"
    environment = {"VAR_DIR": str(folder), "MANIFEST_STATIC": "on"}
    databases.manage(url, "collectstatic", "--noinput", "--clear", "--verbosity=0", **environment)
