"""Finds what views read from addresses and forms, and the fields of forms that could carry ids."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django import forms
from django.apps import apps
from django.urls import get_resolver

import portal
from portal.web.id_fields import IdField

FOLDER = Path(portal.__file__).parent
SOURCES = ("GET", "POST", "asked", "data")  # what the expression that is read from ends in
PARSERS = ("id_of", "_id_of", "int")  # make a number of what was read
EVERY = "*"  # stands for what is put together or said elsewhere

Tree = dict[ast.AST, ast.AST]  # each node → the one around it


class Read(NamedTuple):
    module: str
    name: str  # of the parameter or field; `do-*` for `f"do-{pk}"`, `*` for what a variable names
    source: str  # one of SOURCES


def reads() -> set[Read]:
    """Each parameter or field that is read by its name."""
    return {
        Read(module, *found)
        for module, tree in _modules()
        for found in map(_name_read, ast.walk(tree))
        if found
    }


def read_as_numbers() -> set[tuple[str, str]]:
    """(module, name) of what goes through one of PARSERS in the expression in which it is read."""
    return {
        (module, found[0])
        for module, tree in _modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in PARSERS
        for found in map(_name_read, ast.walk(call))
        if found
    }


def handed_on() -> set[tuple[str, str]]:
    """(module, to what) where all that was sent goes somewhere else than into a form: what is read
    from it there has another name."""
    found = set()
    for module, tree in _modules():
        around = {inner: outer for outer in ast.walk(tree) for inner in ast.iter_child_nodes(outer)}
        sent = [one for one in ast.walk(tree) if _is_sent(one)]
        found |= {(module, to) for to in (_goes_to(one, around) for one in sent) if to}
    return found


def importers(module: str) -> set[str]:
    """The modules of views that import something of that one."""
    return {
        importer
        for importer, tree in _modules("*/views/*.py")
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom)
        and (one.module.endswith(f".{module}") or module in {alias.name for alias in one.names})
    }


@cache
def _modules(which: str = "*.py") -> list[tuple[str, ast.Module]]:
    paths = (one for one in FOLDER.rglob(which) if not {"migrations", "gateways"} & set(one.parts))
    return [(path.stem, ast.parse(path.read_text())) for path in paths]


def _name_read(node: ast.AST) -> tuple[str, str] | None:
    """(name, source)"""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        is_read = node.func.attr in ("get", "getlist") and _is_source(node.func.value)
        return (_said(node.args[0]), _source(node.func.value)) if is_read else None
    if isinstance(node, ast.Subscript) and _is_source(node.value):
        return _said(node.slice), _source(node.value)
    return None


def _is_source(node: ast.AST) -> bool:
    return _source(node) in SOURCES


def _source(node: ast.AST) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _is_sent(node: ast.AST) -> bool:
    """`request.GET` or `request.POST`, whatever the request is called, or what `sent` returns."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) == "sent"
    return isinstance(node, ast.Attribute) and node.attr in ("GET", "POST")


def _goes_to(node: ast.AST, around: Tree) -> str:
    """The function or variable that gets it; empty if it is read here, or is the data of a form."""
    while isinstance(around[node], ast.IfExp | ast.BoolOp | ast.keyword):
        node = around[node]
    outer = around[node]
    if isinstance(outer, ast.Subscript | ast.Compare):
        return ""
    if isinstance(outer, ast.Attribute):
        return "" if outer.attr in ("get", "getlist") else f".{outer.attr}"
    if isinstance(outer, ast.Call):
        name = ast.unparse(outer.func)
        return "" if name.endswith("Form") else name
    if isinstance(outer, ast.Assign):
        name = ast.unparse(outer.targets[0])
        return "" if name in SOURCES else name
    return type(outer).__name__


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return f"{node.values[0].value}{EVERY}"
    return EVERY


def choosing_fields() -> set[tuple[str, str]]:
    """(form, field) of those that choose among rows or among what is only known when the form is
    made, that are hidden, or that are called like a thing; also of those added when it is made."""
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if ".forms" in module.name:
            importlib.import_module(module.name)
    declared = {
        (form.__name__, name)
        for form in _subclasses(forms.BaseForm)
        if form.__module__.startswith("portal.")
        for name, field in form.base_fields.items()
        if _chooses(field) or _is_hidden(name, field) or _is_called_like_a_thing(name)
    }
    return declared | set(_added_fields())


def _added_fields() -> Iterator[tuple[str, str]]:
    """`self.fields[…] = …ChoiceField(…)` in a form."""
    for _module, tree in _modules():
        for form in (one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)):
            for one in (node for node in ast.walk(form) if isinstance(node, ast.Assign)):
                place, value = one.targets[0], one.value
                is_field = isinstance(place, ast.Subscript) and _source(place.value) == "fields"
                kind = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
                if is_field and kind.endswith(("ChoiceField", "IdField", "IntegerField")):
                    yield form.name, _said(place.slice)


def _chooses(field: forms.Field) -> bool:
    if isinstance(field, forms.ModelChoiceField | IdField):
        return True
    return isinstance(field, forms.ChoiceField) and not list(field.choices)


def _is_hidden(name: str, field: forms.Field) -> bool:
    """Save the one-time token, which belongs to the form."""
    return field.widget.is_hidden and name != "token"


def _is_called_like_a_thing(name: str) -> bool:
    things = {model._meta.model_name for model in apps.get_app_config("portal").get_models()}
    return name.removesuffix("_id") in things or name.removesuffix("s") in things


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


def parts_of_addresses(patterns=None) -> set[tuple[str, str]]:
    """(page, name) of what the address of a page contains."""
    found = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            found |= parts_of_addresses(pattern.url_patterns)
        else:
            parts = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
            found |= {(pattern.name, name) for name in parts}
    return found


def pages_that_open_a_diary() -> set[str]:
    """Their modules import `any_diary`, which reads whose it is and at which office."""
    modules = {
        path.stem
        for path in FOLDER.rglob("views/*.py")
        if "import Diary, any_diary" in (text := path.read_text()) or "import any_diary" in text
    }
    return {page for page, module in modules_by_page().items() if module in modules}
