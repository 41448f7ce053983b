"""Reads environment variables: each is parsed, or refused in one sentence that names it.

The file `VAR_DIR/env` may contain the same variables; real environment variables win over it. An
empty variable counts as not set. Error messages about variables that may contain a password never
repeat the value.
"""

import math
import os
import re
from collections.abc import Callable, Collection, MutableMapping
from pathlib import Path
from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

Read = TypeVar("Read")

YES = {"on", "true", "yes", "y", "t", "1"}
NO = {"off", "false", "no", "n", "f", "0"}
_LINE = re.compile(r"(export )?[A-Za-z_0-9]+=.*|#.*|\s*")
_QUOTES = "\"'"


class Environment:
    """The variables in `variables`; tests pass a dict, the settings pass `os.environ`."""

    def __init__(self, variables: MutableMapping[str, str] = os.environ):
        self.variables = variables

    def read_file(self, path: Path) -> None:
        """Add the variables of that file that the environment does not set, if the file exists."""
        if not path.is_file():
            return
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not _LINE.fullmatch(line):
                raise ImproperlyConfigured(f"Line {number} of {path} is not NAME=value.")
        environ.Env.read_env(path)

    def verbatim(self, name: str) -> str:
        """The value without any change, for keys; "" if it is not set."""
        return self.variables.get(name, "")

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding spaces and quotes. Docker's `--env-file` keeps quotes,
        systemd and shells do not."""
        value = self.verbatim(name).strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in _QUOTES:
            inner = value[1:-1].strip()
            value = value if value[0] in inner else inner
        return value or default

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if value in YES or value in NO:
            return value in YES
        if value:
            raise ImproperlyConfigured(f"{name} must be on or off, not “{value}”.")
        return default

    def integer(self, name: str, *, default: int, least: int, most: int = 2**31 - 1) -> int:
        number = self._number(name, int, default)
        if not least <= number <= most:
            raise ImproperlyConfigured(f"{name} must be {_between(least, most)}, not {number}.")
        return number

    def seconds(self, name: str, *, default: float, least: float, most: float) -> float:
        number = self._number(name, float, default)
        if not (math.isfinite(number) and least <= number <= most):
            raise ImproperlyConfigured(f"{name} must be from {least:g} to {most:g} seconds.")
        return number

    def list_of_seconds(self, name: str, *, default: list[float], most: float) -> list[float]:
        parts = [part.strip() for part in self.text(name).split(",") if part.strip()]
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            numbers = [math.nan]
        if not all(0 <= number <= most for number in numbers):
            sentence = f"{name} must be seconds from 0 to {most:g}, separated by commas."
            raise ImproperlyConfigured(sentence)
        return numbers or default

    def choice(self, name: str, choices: Collection[str], *, default: str) -> str:
        """One of `choices`, which are in capitals; the value may be in any case."""
        value = self.text(name, default).upper()
        if value not in choices:
            few = f": {', '.join(choices)}" if len(choices) < 10 else ""
            raise ImproperlyConfigured(f"{name} is “{value}”, which is none that is known{few}.")
        return value

    def parsed(self, name: str, parse: Callable[[str], Read], *, default: str = "") -> Read:
        """The result of `parse` for the text. If it raises ValueError, the message is the end of a
        sentence that begins with the variable's name."""
        try:
            return parse(self.text(name, default))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} {error}") from None

    def _number(self, name: str, kind: Callable[[str], Read], default: Read) -> Read:
        value = self.text(name)
        try:
            return kind(value) if value else default
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a number, not “{value}”.") from None


def _between(least: int, most: int) -> str:
    return f"{least} or more" if most == 2**31 - 1 else f"from {least} to {most}"
