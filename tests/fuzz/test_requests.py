"""Requests generated from our OpenAPI document, valid and invalid."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import assume, given
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from jupyter_slurm_rest.server.openapi import document

from .conftest import PATIENCE, Server, bounded

_SCHEMA = schemathesis.openapi.from_dict(document())
_OPERATIONS = [found.ok() for found in _SCHEMA.get_all_operations() if isinstance(found, Ok)]

#: Bytes, well below tornado's limit for the head of a request (64 KiB).
MAX_ADDRESS = 60_000


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_no_request_causes_an_internal_error(
    server: Server, operation: Any, mode: GenerationMode
) -> None:
    @bounded(4)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        # The cluster that there is: others are refused before anything is looked at.
        case.path_parameters["cluster"] = "c"
        # A longer address never gets here: tornado closes the connection.
        address = {**case.path_parameters, **(case.query or {})}
        assume(len(urlencode(address, doseq=True)) < MAX_ADDRESS)
        response = case.call(base_url=server.url, headers=server.headers, timeout=PATIENCE)
        # 502 and the like tell of the slurmrestd that replays: it answers 404 to most.
        assert response.status_code != 500, response.text
        if response.status_code >= 400 and "rest/" not in operation.path:
            assert {"message", "reason"} <= response.json().keys()

    server.replay()
    ask()
    assert server.lives()
