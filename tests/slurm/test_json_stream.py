"""Parsing a long list while it arrives."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_slurm_rest.slurm.errors import UnreadableResponse
from jupyter_slurm_rest.slurm.json_stream import ArrayReader

# Strings that look like the places where objects end and begin.
_TRICKY = st.sampled_from(['},{"account":', "}, {", '\\"', "\\", '"', "]", "}]", "\n", "ä", ""])
_TEXT = st.one_of(_TRICKY, st.text('ab{}[],:\\"\n ä', max_size=8))
_NESTED = st.fixed_dictionaries({"account": _TEXT}, optional={"deep": st.just({"account": "x"})})
_OBJECT = st.fixed_dictionaries(
    {"account": _TEXT, "name": _TEXT},
    optional={"list": st.lists(_NESTED, max_size=3), "number": st.integers()},
)


def read(body: bytes, size: int) -> tuple[list[Any], Any]:
    reader: ArrayReader[Any] = ArrayReader("jobs", msgspec.json.decode)
    found = []
    for at in range(0, len(body), size):
        found += reader.feed(body[at : at + size])
    last, rest = reader.finish()
    return found + last, msgspec.json.decode(rest)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    objects=st.lists(_OBJECT, max_size=6),
    indent=st.sampled_from([None, 2]),
    ascii_only=st.booleans(),
    size=st.integers(1, 200),
)
def test_objects_come_out_whole_however_the_response_is_cut(
    objects: list[Any], indent: int | None, ascii_only: bool, size: int
) -> None:
    around = {"last_update": 7, "meta": {"client": "}, {"}, "errors": []}
    response = {"meta_first": [1, {"account": 2}], "jobs": objects, **around}
    body = json.dumps(response, indent=indent, ensure_ascii=ascii_only).encode()

    found, rest = read(body, size)

    assert found == objects
    assert rest == {"meta_first": [1, {"account": 2}], "jobs": [], **around}


@settings(deadline=None)
@given(size=st.integers(1, 40))
def test_a_response_without_the_list_is_given_back(size: int) -> None:
    body = b'{"errors": [{"error_number": 1007}], "jobs": null}'
    assert read(body, size) == ([], {"errors": [{"error_number": 1007}], "jobs": None})


@pytest.mark.parametrize("end", ['{"jobs": [', '{"jobs": [{"a": 1}', '{"jobs": [{"a": 1}, {"a"'])
def test_half_a_response_is_an_error(end: str) -> None:
    with pytest.raises(UnreadableResponse, match="middle of a list"):
        read(end.encode(), 1000)


def test_an_object_of_another_shape_is_named() -> None:
    class Row(msgspec.Struct):
        job_id: int

    reader = ArrayReader("jobs", msgspec.json.Decoder(list[Row]).decode)
    with pytest.raises(UnreadableResponse, match=r"job_id"):
        reader.feed(b'{"jobs": [{"job_id": "x"}, {"job_id": 2}, {"job_id": 3}]}')


def test_names_in_another_encoding_do_not_hide_the_list() -> None:
    found, _ = read(b'{"jobs": [{"name": "caf\xe9"}, {"name": "b"}, {"name": "\xe9"}]}', 1000)
    assert [row["name"] for row in found] == ["caf\ufffd", "b", "\ufffd"]


def test_an_object_nested_too_deeply_is_unreadable() -> None:
    deep = b'{"jobs": [{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}]}"
    with pytest.raises(UnreadableResponse, match="nested too deeply"):
        read(deep, 65_536)
