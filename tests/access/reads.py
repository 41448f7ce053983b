"""Finds what views read from addresses and forms, and the fields of forms that could carry ids."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from django import forms
from django.urls import get_resolver

import portal
from portal.web.id_fields import IdField

FOLDER = Path(portal.__file__).parent
SOURCES = ("GET", "POST", "asked", "data")  # what the expression that is read from ends in
EVERY = "*"  # stands for what is put together or said elsewhere


def reads() -> set[tuple[str, str]]:
    """(module, name) of each parameter or field that is read by its name; `do-*` for `f"do-{pk}"`,
    `*` for a name that a variable holds."""
    found = set()
    for path in FOLDER.rglob("*.py"):
        if "migrations" not in path.parts and "gateways" not in path.parts:
            names = map(_name_read, ast.walk(ast.parse(path.read_text())))
            found |= {(path.stem, name) for name in names if name}
    return found


def _name_read(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        is_read = node.func.attr in ("get", "getlist") and _is_source(node.func.value)
        return _said(node.args[0]) if is_read else ""
    if isinstance(node, ast.Subscript) and _is_source(node.value):
        return _said(node.slice)
    return ""


def _is_source(node: ast.AST) -> bool:
    return ast.unparse(node).rpartition(".")[2] in SOURCES


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return f"{node.values[0].value}{EVERY}"
    return EVERY


def choosing_fields() -> set[tuple[str, str]]:
    """(form, field) of those that choose among rows, or among what is only known when the form is
    made."""
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if ".forms" in module.name:
            importlib.import_module(module.name)
    return {
        (form.__name__, name)
        for form in _subclasses(forms.BaseForm)
        if form.__module__.startswith("portal.")
        for name, field in form.base_fields.items()
        if _chooses(field)
    }


def _chooses(field: forms.Field) -> bool:
    if isinstance(field, forms.ModelChoiceField | IdField):
        return True
    return isinstance(field, forms.ChoiceField) and not list(field.choices)


def _subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def modules_by_page(patterns=None) -> dict[str, str]:
    """The module of each page's view, without its package."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            found |= modules_by_page(pattern.url_patterns)
        else:
            found[pattern.name] = pattern.callback.__module__.rpartition(".")[2]
    return found


def pages_that_open_a_diary() -> set[str]:
    """Their modules import `any_diary`, which reads whose it is and at which office."""
    modules = {
        path.stem
        for path in FOLDER.rglob("views/*.py")
        if "import Diary, any_diary" in (text := path.read_text()) or "import any_diary" in text
    }
    return {page for page, module in modules_by_page().items() if module in modules}
