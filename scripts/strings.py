"""Write every string that users read to a gettext template: ``make strings``.

Python texts are not marked for translation, so they are found by their form: literals of at
least two words that are not docstrings. The values of f-strings become ``{name}``. The
frontend's strings and settings come from ``scripts/strings.mjs``.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "jupyter_slurm_rest"
_PROSE = re.compile(r"[A-Za-z}'\"`)]{2,}[,.:;]? [{\w'\"`(]")


def python_strings(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal in Python code that reads like prose."""
    pending: list[ast.AST] = [ast.parse(source)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant | ast.JoinedStr):
            text = _text(node)
            if _PROSE.search(text):
                yield node.lineno, text
        if isinstance(node, ast.JoinedStr):
            pending += [part for part in node.values if isinstance(part, ast.FormattedValue)]
        # A statement that is only a string is a docstring.
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            pending += ast.iter_child_nodes(node)


def _text(literal: ast.expr) -> str:
    match literal:
        case ast.JoinedStr():
            return "".join(_text(value) for value in literal.values)
        case ast.FormattedValue():
            names = re.findall(r"[A-Za-z_]\w*", ast.unparse(literal.value))
            return "{" + (names[-1] if names else "value") + "}"
        case ast.Constant():
            return str(literal.value)
    return ""


def described(document: object) -> Iterator[str]:
    """The titles, summaries and descriptions of a JSON Schema or OpenAPI document."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("title", "summary", "description") and isinstance(value, str):
                yield value.strip()
            else:
                yield from described(value)
    elif isinstance(document, list):
        for value in document:
            yield from described(value)


def frontend_strings(listing: str) -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """File, line and text (singular and plural) of each line that strings.mjs prints."""
    for line in listing.splitlines():
        place, tab, text = line.partition("\t")
        if tab:
            path, _, number = place.partition(":")
            forms = tuple(text.split(" | "))
            yield path, int(number or 0), forms if len(forms) > 1 else text


def catalog(frontend: str) -> Catalog:
    """All strings, sorted by file and line; ``frontend`` is what strings.mjs prints."""
    found: list[tuple[str, int, str | tuple[str, ...]]] = []
    for path in PACKAGE.rglob("*.py"):
        name = str(path.relative_to(ROOT))
        found += [(name, line, text) for line, text in python_strings(path.read_text())]
    documents = dict.fromkeys(PACKAGE.rglob("openapi.json"), json.loads)
    documents |= dict.fromkeys(PACKAGE.rglob("events/*.yaml"), yaml.safe_load)
    for path, load in documents.items():
        name = str(path.relative_to(ROOT))
        found += [(name, 0, text) for text in described(load(path.read_text()))]
    found += frontend_strings(frontend)
    result = Catalog(project="jupyter-slurm-rest", fuzzy=False)
    for name, line, message in sorted(found, key=lambda row: row[:2]):
        result.add(message, locations=[(name, line)])
    return result


if __name__ == "__main__":
    write_po(sys.stdout.buffer, catalog(sys.stdin.read()), width=100)
