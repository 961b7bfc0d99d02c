"""The architecture: imports between folders, unique class names, exceptions."""

from __future__ import annotations

import ast
import graphlib
import importlib
import inspect
import pickle
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

import pytest

import jupyter_slurm_rest
from jupyter_slurm_rest.slurm.errors import SlurmError, SlurmRestError

PACKAGE = "jupyter_slurm_rest"
_FOLDER = Path(jupyter_slurm_rest.__file__).parent
#: What each folder may import besides itself and the modules beside these folders.
FOLDERS = {
    "slurm": set[str](),
    "queue": {"slurm"},
    "tokens": {"slurm"},
    "http": {"slurm"},
    "hub": {"slurm", "queue", "tokens", "http"},
    "server": {"slurm", "queue", "tokens", "http"},
    "doctor": {"slurm", "queue", "tokens", "server"},
    "notebook": {"slurm"},
    "executor": {"slurm", "notebook"},
}
#: Names that the Python API shares with the models, as users know them.
_PUBLIC = {"Job", "JobList", "Table"}
#: What the client library may import besides the standard library.
_CLIENT_LIBRARIES = {"cachetools", "httpx", "msgspec", "stamina"}
#: A realistic argument for each parameter of an exception, by its name or its type.
_ARGUMENTS: dict[str, Any] = {
    "field": "time_limit",
    "kind": "job",
    "name": "123_4",
    "feature": "Requeueing a job",
    "api_version": "v0.0.42",
    "needs": "v0.0.45",
    "message": "Slurm refused the request.",
    "advice": "Ask for less.",
    "action": "paste",
    "details": {"cluster": "maxwell"},
    "status": HTTPStatus.CONFLICT,
    "why": SlurmError("slurmdbd is down."),
    "str": "words",
    "int": 409,
    "float": 2.5,
    "bool": True,
}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name, parsed."""
    found = {}
    for file in sorted(_FOLDER.rglob("*.py")):
        parts = file.relative_to(_FOLDER.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = ast.parse(file.read_text())
    return found


def imports(module: str) -> set[str]:
    """The modules that ``module`` imports anywhere, also for type checking only."""
    is_package = any((_FOLDER.parent / Path(*module.split("."))).glob("__init__.py"))
    package = module if is_package else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                inside = f"{start}.{alias.name}"
                found.add(inside if inside in trees() else start)
    return found - {module}


def folder_of(module: str) -> str:
    """``slurm`` for ``jupyter_slurm_rest.slurm.wire.jobs``; empty beside the folders."""
    parts = module.split(".")
    return parts[1] if parts[0] == PACKAGE and len(parts) > 1 and parts[1] in FOLDERS else ""


def classes() -> Iterator[tuple[str, str]]:
    """Each class that a module defines: its name and where it is."""
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield node.name, module


@cache
def exceptions() -> dict[str, type[BaseException]]:
    """Every exception that the package defines, by its full name."""
    found = {}
    for module, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                one = getattr(importlib.import_module(module), node.name)
                if issubclass(one, BaseException):
                    found[f"{module}.{node.name}"] = one
    return found


def example(kind: type[BaseException]) -> BaseException:
    """An instance with an argument for every parameter that its constructor names."""
    if not inspect.isfunction(kind.__init__):
        # It has none of its own.
        return kind("It did not work.")
    positional, named = [], {}
    for parameter in inspect.signature(kind).parameters.values():
        type_ = str(parameter.annotation).partition(" |")[0]
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = _ARGUMENTS.get(parameter.name, _ARGUMENTS.get(type_))
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            positional.append(_ARGUMENTS.get(parameter.name, _ARGUMENTS.get(type_)))
    return kind(*positional, **named)


def contents(error: BaseException) -> tuple[str, str]:
    """All that is in an exception; others that it holds are never equal, but look the same."""
    return repr(error), repr(vars(error))


def test_the_page_about_the_architecture_is_true() -> None:
    root = _FOLDER.parent
    page = (root / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `(\w+)/` \|.*\|(.*)\|$", page, re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", others)) for name, others in rows} == FOLDERS
    files = re.findall(r"`([\w/-]+\.(?:py|tsx?))`", page)
    starts = (_FOLDER, _FOLDER / "slurm", root / "src", root)
    assert [file for file in files if not any((start / file).exists() for start in starts)] == []


def test_there_are_no_import_circles() -> None:
    ours = {module: {name for name in imports(module) if name in trees()} for module in trees()}
    graphlib.TopologicalSorter(ours).prepare()


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_import_only_the_folders_below_them(name: str) -> None:
    assert any(folder_of(module) == name for module in trees()), f"there is no folder {name!r}"
    wrong = [
        f"{module} imports {other}"
        for module in trees()
        if folder_of(module) == name
        for other in imports(module)
        if folder_of(other) not in {"", name, *FOLDERS[name]}
    ]
    assert wrong == []


def test_modules_beside_the_folders_import_none_of_them() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in trees()
        if module != PACKAGE and not folder_of(module)
        for other in imports(module)
        if folder_of(other)
    ]
    assert wrong == []


def test_the_client_library_does_not_import_jupyter() -> None:
    wrong = [
        f"{module} imports {other}"
        for module in trees()
        if folder_of(module) == "slurm"
        for other in imports(module)
        if (root := other.partition(".")[0]) != PACKAGE
        and not (root in sys.stdlib_module_names or root in _CLIENT_LIBRARIES)
    ]
    assert wrong == []


def test_class_names_are_unique() -> None:
    found = defaultdict(list)
    for name, module in classes():
        if not (name in _PUBLIC and folder_of(module) == "notebook"):
            found[name].append(module)
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


@pytest.mark.parametrize("name", exceptions())
def test_exceptions_survive_pickling(name: str) -> None:
    error = example(exceptions()[name])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made the moment before
    assert type(again) is type(error)
    assert (str(again), contents(again)) == (str(error), contents(error))


def test_public_exceptions_have_one_base() -> None:
    wrong = [
        name
        for name, one in exceptions().items()
        if folder_of(name) in {"slurm", "tokens"}
        and not one.__name__.startswith("_")
        and not issubclass(one, SlurmRestError)
    ]
    assert wrong == []
