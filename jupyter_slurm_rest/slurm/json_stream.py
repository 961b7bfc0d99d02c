"""Read one array of a large JSON response object by object, while it arrives.

The response for a queue of 20,000 jobs has 165 MB; it is never held as a whole and never
blocks the event loop. Only the last place where one object ends and the next begins is
searched for (``bytes.rfind`` runs at memory speed); the whole objects before it are decoded
together by msgspec into narrow structures, which skips the fields nobody asked for without
building them. docs/performance.md has the measurements that chose this over ijson and over
a worker process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from .errors import TooLarge, UnreadableResponse

T = TypeVar("T")

#: A job with thousands of nodes and cores has some hundred kB.
MAX_OBJECT = 16 * 1024 * 1024
#: What may stand before the array.
MAX_HEAD = 1024 * 1024

_FIRST_KEY = re.compile(rb'\s*\{\s*("(?:[^"\\]|\\.)*"\s*:)')
#: Between two objects, including the indentation of pretty-printed responses.
_BETWEEN = re.compile(rb"\}\s*,\s*\{\s*$")
_LONGEST_BETWEEN = 128
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]')


class ArrayReader(Generic[T]):
    """Decodes the objects of ``{... "key": [{...}, {...}], ...}``, some at a time.

    ``decode`` gets the bytes of a JSON array of whole objects. An object begins where the
    key that begins the first object stands again behind ``}, {``: no string can hold that,
    because its quotation marks would be escaped. A nested object that begins alike would
    cut its own object in two; then ``decode`` finds half an object
    (:exc:`msgspec.DecodeError`) and the cut is moved back to the place before.
    """

    def __init__(self, key: str, decode: Callable[[bytes], list[T]]) -> None:
        self._start = re.compile(rb'"%s"\s*:\s*\[' % re.escape(key.encode()))
        self._decode_text = decode
        self._buffer = b""
        self._in_array = False
        self._mark: bytes | None = None
        #: Before this place of the buffer no object ends.
        self._searched = 0
        #: The response without the array: ``meta``, ``errors``, ``warnings``, ``last_update``.
        self._head = b""

    def feed(self, chunk: bytes) -> list[T]:
        """The objects that ``chunk`` completes. Raises :exc:`UnreadableResponse`."""
        self._buffer += chunk
        if not self._in_array and not self._enter():
            return []
        if self._mark is None:
            first = _FIRST_KEY.match(self._buffer)
            if first is None:
                return []
            self._mark = first[1]
            self._searched = first.end()
        return self._cut(self._mark)

    def finish(self) -> tuple[list[T], bytes]:
        """After the last chunk: the last object, and the response with an empty array.

        Raises :exc:`UnreadableResponse` when the response ended too early.
        """
        if not self._in_array:
            return [], self._buffer
        tail = self._buffer
        objects: list[T] = []
        while (end := _object_end(tail)) is not None:
            objects += self._whole(tail[:end])
            tail = tail[end:].lstrip(b", \t\r\n")
        if not tail.lstrip().startswith(b"]"):
            raise UnreadableResponse("slurmrestd's response ended in the middle of a list.")
        self._buffer = b""
        return objects, self._head + tail.lstrip()

    def _enter(self) -> bool:
        found = self._start.search(self._buffer)
        if found is None:
            if len(self._buffer) > MAX_HEAD:
                raise UnreadableResponse("slurmrestd's response does not contain the list.")
            return False
        self._head = self._buffer[: found.end()]
        self._buffer = self._buffer[found.end() :]
        self._in_array = True
        return True

    def _cut(self, delimiter: bytes) -> list[T]:
        objects: list[T] = []
        buffer, begin, end = self._buffer, 0, len(self._buffer)
        while (at := buffer.rfind(delimiter, self._searched, end)) >= 0:
            end = at
            between = _BETWEEN.search(buffer, max(0, at - _LONGEST_BETWEEN), at)
            if between is None:
                continue
            try:
                objects = self._decode(buffer[: between.start() + 1])
            except msgspec.ValidationError as problem:
                raise _unreadable(problem) from None
            except msgspec.DecodeError:
                continue
            begin = buffer.index(b"{", between.start())
            break
        self._buffer = buffer[begin:]
        # The delimiter itself may be split by the end of the chunk.
        self._searched = max(1, len(self._buffer) - len(delimiter))
        if len(self._buffer) > MAX_OBJECT:
            raise TooLarge("An entry in slurmrestd's response is too large.")
        return objects

    def _decode(self, objects: bytes) -> list[T]:
        array = b"[%s]" % objects
        try:
            try:
                return self._decode_text(array)
            except UnicodeDecodeError:
                # slurmrestd passes names on as they were typed, in whatever encoding.
                return self._decode_text(array.decode("utf-8", "replace").encode())
        except RecursionError:
            raise UnreadableResponse("slurmrestd's response is nested too deeply.") from None

    def _whole(self, data: bytes) -> list[T]:
        try:
            return self._decode(data)
        except msgspec.DecodeError as problem:
            raise _unreadable(problem) from None


def _unreadable(problem: msgspec.DecodeError) -> UnreadableResponse:
    return UnreadableResponse(f"An entry in slurmrestd's response cannot be read: {problem}.")


def _object_end(data: bytes) -> int | None:
    """Behind the object that ``data`` begins with; ``None`` where none begins or ends."""
    if not data.lstrip().startswith(b"{"):
        return None
    depth = 0
    for token in _TOKEN.finditer(data):
        if token[0] in b"{[":
            depth += 1
        elif token[0] in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
    return None
