"""Queries and bodies, decoded strictly into msgspec structures.

Errors name the field in a sentence instead of msgspec's own text.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from jupyter_slurm_rest.slurm.errors import InvalidRequest

from .responses import MalformedRequest

T = TypeVar("T")

# msgspec: "Object contains unknown field `x` - at `$.filter`".
_UNKNOWN = re.compile(r"unknown field `(.*)`")
_MISSING = re.compile(r"missing required field `(.*)`")
# msgspec: "Expected `int` >= 1", "Expected `array` of length <= 10".
_LIMIT = re.compile(r"Expected (int|float|str|array)( of length)? (>=|<=) (\d+)")
_WHERE = re.compile(r" - at `\$\.?(?P<field>[^`]*)`$")


def decode_query(given: Mapping[str, str], kind: type[T]) -> T:
    """The arguments of a query as ``kind``. Raises :exc:`InvalidRequest` naming the argument."""
    with _named_field(kind):
        return msgspec.convert(given, kind, strict=False)


def decode_body(body: bytes, kind: type[T]) -> T:
    """A JSON body as ``kind``.

    Raises :exc:`InvalidRequest` naming the field, and :exc:`MalformedRequest` for what is
    not JSON.
    """
    if not body:
        raise MalformedRequest("The request has no body; JSON was expected.")
    with _named_field(kind):
        return msgspec.json.decode(body, type=kind)


@contextlib.contextmanager
def _named_field(kind: type[Any]) -> Iterator[None]:
    try:
        yield
    except msgspec.ValidationError as error:
        raise _invalid(str(error), kind) from None
    except RecursionError:
        raise MalformedRequest("The body is nested too deeply.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedRequest(f"The body is not JSON: {error}.") from None


def _invalid(text: str, kind: type[Any]) -> InvalidRequest:
    where = _WHERE.search(text)
    field = where["field"] if where else ""
    problem = text[: where.start()] if where else text
    if unknown := _UNKNOWN.search(problem):
        known = ", ".join(kind.__struct_fields__)
        return InvalidRequest(unknown[1], f"{unknown[1]!r} is not a known field. Known: {known}.")
    if missing := _MISSING.search(problem):
        return InvalidRequest(missing[1], f"{missing[1]}: is missing.")
    words = _plain(problem.replace("`", ""))
    return InvalidRequest(field.partition("[")[0], f"{field or 'The request'}: {words}.")


def _plain(problem: str) -> str:
    """msgspec's words about a value, as a user would say them."""
    if "matching regex" in problem:
        return "has a character that is not allowed, or is empty"
    if (limit := _LIMIT.fullmatch(problem)) is None:
        return problem
    kind, length, sign, number = limit.groups()
    bound = f"at {'least' if sign == '>=' else 'most'} {int(number):,}"
    if not length:
        return f"must be {bound}"
    return f"must have {bound} {'characters' if kind == 'str' else 'entries'}"
