"""Finds a Chromium for the browser tests; as a program it also installs one.

The headless shell is preferred: without a window's machinery a page costs a third less.

`python -m tests.plugins.chromium` ends with 1 if there is none and CI is set.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SHELL = "chromium-headless-shell"  # Debian's name of program and package
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHTS = ("chromium_headless_shell-*/*/*headless*shell", "chromium-*/chrome-linux*/chrome")
APT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def find() -> str | None:
    """Its path: CHROMIUM_PATH, playwright's own, the one on PATH."""
    given = os.environ.get("CHROMIUM_PATH")
    if given and Path(given).exists():
        return given
    return playwrights_own() or next(filter(None, map(shutil.which, NAMES)), None)


def playwrights_own() -> str | None:
    default = Path.home() / ".cache/ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    for pattern in PLAYWRIGHTS:
        if found := sorted(folder.glob(pattern)):
            return str(found[-1])
    return None


def install() -> None:
    attempt(sys.executable, "-m", "playwright", "install", "chromium", seconds=60)
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        attempt("apt-get", "update", "-q", seconds=300)
        for package in (SHELL, "chromium"):
            if find() is None:
                command = ("apt-get", "install", "-qy", "--no-install-recommends", package)
                attempt(*command, seconds=900)


def attempt(*command: str, seconds: int) -> None:
    say(f"  {' '.join(command)} …")
    # Into a file: a pipe would be waited for as long as a grandchild keeps it open.
    with tempfile.TemporaryFile("w+") as output:
        options = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "env": APT}
        try:
            subprocess.run(command, timeout=seconds, check=True, **options)
        except (OSError, subprocess.SubprocessError) as error:
            output.seek(0)
            say(f"    did not work: {output.read(300).strip() or error}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    if find() is None:
        say("No Chromium found; installing one.")
        install()
    if find():
        return 0
    if os.environ.get("CI"):
        return 1
    say("No browser could be installed: the browser tests will be skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
