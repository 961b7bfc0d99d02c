from __future__ import annotations

import io
import logging

import pytest

from jupyter_slurm_rest.redaction import redact
from jupyter_slurm_rest.tokens import RedactTokens
from tests.tokens.tokens import make_token


@pytest.mark.parametrize(
    "text",
    [
        "GET /slurm with {'X-SLURM-USER-TOKEN': '%s'}",
        "headers=[(b'authorization', b'Bearer %s')]",
        "Authorization: token %s",
        "SLURM_JWT=%s",
    ],
)
def test_tokens_are_removed_and_the_rest_stays(text: str) -> None:
    secret = make_token()
    clean = redact(f"before {text % secret} after")
    assert secret not in clean
    assert secret.split(".")[2] not in clean
    assert clean.startswith("before ")
    assert clean.endswith(" after")


def test_opaque_hub_tokens_in_headers_are_removed() -> None:
    assert "0123456789abcdef" not in redact("Authorization: token 0123456789abcdef")


def test_the_filter_cleans_arguments_and_tracebacks() -> None:
    secret = make_token()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactTokens())
    log = logging.getLogger("test-redact")
    log.propagate = False
    log.addHandler(handler)
    try:
        raise ValueError(secret)
    except ValueError:
        log.exception("failed with %s", secret)
    assert "ValueError: [token]" in stream.getvalue()
    assert "failed with [token]" in stream.getvalue()
    assert secret not in stream.getvalue()
