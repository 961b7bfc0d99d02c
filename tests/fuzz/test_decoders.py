"""Every decoder of external input returns a value or raises its own error."""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import pkgutil
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.hub.callers import check_caller
from jupyter_slurm_rest.hub.errors import Refusal
from jupyter_slurm_rest.redaction import printable, redact
from jupyter_slurm_rest.server.proxy import accepted, content_type, upstream_query
from jupyter_slurm_rest.slurm import wire
from jupyter_slurm_rest.slurm.error_mapping import failure
from jupyter_slurm_rest.slurm.errors import InvalidRequest, SlurmError, UnreadableResponse
from jupyter_slurm_rest.slurm.json_stream import ArrayReader
from jupyter_slurm_rest.slurm.transport import Response
from jupyter_slurm_rest.slurm.wire.envelope import Envelope, decode
from jupyter_slurm_rest.tokens.errors import TokenError
from jupyter_slurm_rest.tokens.service import as_object
from jupyter_slurm_rest.tokens.token import read_token

from .conftest import bounded
from .mutations import HOSTILE

for module in pkgutil.iter_modules(wire.__path__, f"{wire.__name__}."):
    importlib.import_module(module.name)

JSON = st.recursive(
    HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
#: JSON, JSON with something wrong in it, and bytes.
BODIES = st.one_of(
    JSON.map(lambda value: json.dumps(value).encode()),
    st.tuples(JSON, st.binary(max_size=4), st.integers(0, 40)).map(
        lambda made: (text := json.dumps(made[0]).encode())[: made[2]] + made[1] + text[made[2] :]
    ),
    st.binary(max_size=60),
)


def _shapes(kind: type[Envelope]) -> list[type[Envelope]]:
    return [kind, *(shape for one in kind.__subclasses__() for shape in _shapes(one))]


def _filled(shape: type[Envelope]) -> st.SearchStrategy[bytes]:
    """The shape's own keys, with anything in them."""
    keys = st.sampled_from(list(shape.__struct_encode_fields__))
    return st.dictionaries(keys, JSON, max_size=4).map(lambda made: json.dumps(made).encode())


@pytest.mark.parametrize("shape", _shapes(Envelope), ids=lambda shape: str(shape.__name__))
def test_responses_of_slurmrestd(shape: type[Envelope]) -> None:
    @bounded(60)
    @given(body=BODIES | _filled(shape))
    def read(body: bytes) -> None:
        with contextlib.suppress(UnreadableResponse):
            decode(body, shape)

    read()


@bounded(150)
@given(
    body=BODIES | _filled(Envelope),
    status=st.sampled_from([200, 204, 304, 400, 401, 404, 422, 500, 502, 511, 599]),
    kind=st.sampled_from(["application/json", "text/plain", "", "text/html"]),
)
def test_failures_of_slurmrestd(body: bytes, status: int, kind: str) -> None:
    found = failure(Response(status, kind, body, 0.0), path="/slurm/v0.0.45/jobs/")
    assert found is None or (isinstance(found, SlurmError) and found.message)


@bounded(100)
@given(body=BODIES | JSON.map(lambda v: b'{"jobs": [%s]}' % json.dumps(v).encode()))
def test_streamed_lists(body: bytes) -> None:
    reader: ArrayReader[Any] = ArrayReader("jobs", msgspec.json.decode)
    with contextlib.suppress(SlurmError):
        for at in range(0, len(body), 7):
            reader.feed(body[at : at + 7])
        reader.finish()


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@bounded(150)
@given(
    header=st.just({"alg": "HS256", "typ": "JWT"}) | JSON,
    claims=st.dictionaries(
        st.sampled_from(["sun", "username", "exp", "iat", "nbf", "uid", "id", "aud", "sub"]),
        JSON | st.floats(),
    )
    | JSON,
)
def test_tokens(header: Any, claims: Any) -> None:
    for value in (f"{_part(header)}.{_part(claims)}.c2lnbmF0dXJl", _part(claims)):
        with contextlib.suppress(TokenError):
            token = read_token(value)
            assert int(token.expires_at)
            assert token.username


@bounded(100)
@given(
    model=st.dictionaries(st.sampled_from(["name", "kind", "scopes", "groups"]), JSON),
    body=BODIES,
)
def test_the_hubs_user_models(model: dict[str, Any], body: bytes) -> None:
    for said in (model, {**model, "kind": "user", "name": "alice"}, as_object(body)):
        with contextlib.suppress(Refusal):
            # The scope that is needed can hardly be made by chance.
            assert not check_caller(said, {"access:services!service=slurm-token"})


@bounded(150)
@given(text=st.text(max_size=80))
def test_headers_and_texts(text: str) -> None:
    assert accepted(text).startswith("application/")
    assert content_type(text).startswith("application/")
    assert printable(text).isprintable()
    assert redact(redact(text)) == redact(text)
    with contextlib.suppress(InvalidRequest):
        assert upstream_query(text).isascii()
