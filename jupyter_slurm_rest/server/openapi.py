"""The OpenAPI document of the server's API, made from the route table and the models.

``python -m jupyter_slurm_rest.server.openapi jupyter_slurm_rest/server/openapi.json``
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from .app import NAMESPACE, PARAMETERS, ROUTES
from .base import MARK, Operation, SlurmHandler
from .schemas import ErrorBody

_REF = "#/components/schemas/{name}"
_METHODS = ("get", "post", "put", "patch", "delete")


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, ready for :func:`json.dumps`."""
    verbs = list(_verbs())
    responses = [
        ErrorBody,
        *(kind for _, _, _, o in verbs for kind in o.responses.values() if kind),
    ]
    requests = [t for _, _, _, o in verbs for t in (o.body, o.query) if t]
    _, response_schemas = msgspec.json.schema_components(_unique(responses), ref_template=_REF)
    _, request_schemas = msgspec.json.schema_components(_unique(requests), ref_template=_REF)
    queries = {o.query.__name__ for _, _, _, o in verbs if o.query}
    schemas = {name: _always_complete(schema) for name, schema in response_schemas.items()}
    schemas |= {name: s for name, s in request_schemas.items() if name not in queries}
    paths: dict[str, Any] = {}
    for path, method, handler, described in verbs:
        item = paths.setdefault(f"/{NAMESPACE}/{path}", {"parameters": _path_parameters(path)})
        item[method] = _operation(method, handler, described, request_schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jupyter-slurm-rest",
            "version": "1",
            "description": "Slurm for the user whose Jupyter server this is. "
            "Paths stand under the server's base URL.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "paths": paths,
        "components": {
            "schemas": {name: _undented(schema) for name, schema in sorted(schemas.items())},
            "securitySchemes": {
                "jupyter": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
        },
        "security": [{"jupyter": []}],
    }


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _verbs() -> Any:
    for path, handler in ROUTES:
        for method in _METHODS:
            described = getattr(getattr(handler, method), MARK, None)
            if isinstance(described, Operation):
                yield path, method, handler, described


def _unique(types: list[Any]) -> list[Any]:
    return list(dict.fromkeys(types))


def _always_complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Responses always contain every field, whatever default the structure has."""
    if "properties" not in schema:
        return schema
    properties = {
        name: {key: value for key, value in field.items() if key != "default"}
        for name, field in schema["properties"].items()
    }
    return {**schema, "properties": properties, "required": list(properties)}


def _undented(schema: dict[str, Any]) -> dict[str, Any]:
    """Python 3.13 takes the indentation out of docstrings, and older ones do not."""
    if "description" not in schema:
        return schema
    return {**schema, "description": inspect.cleandoc(schema["description"])}


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PARAMETERS[name]}$"},
        }
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _operation(
    method: str, handler: type[SlurmHandler], described: Operation, requests: dict[str, Any]
) -> dict[str, Any]:
    resource = handler.__name__.removesuffix("Handler")
    result: dict[str, Any] = {
        "operationId": f"{method}{resource}",
        "summary": described.summary,
        "responses": {
            **_successes(described),
            "default": {
                "description": "What went wrong",
                "content": _json_content(ErrorBody),
            },
        },
    }
    if described.query:
        result["parameters"] = _query_parameters(requests[described.query.__name__])
    if described.body:
        result["requestBody"] = {"required": True, "content": _json_content(described.body)}
    return result


def _successes(described: Operation) -> dict[str, Any]:
    if not described.responses:
        return {"200": {"description": "As slurmrestd responds"}}
    return {
        str(status): {"description": "Success", "content": _json_content(kind)}
        if kind
        else {"description": "Done"}
        for status, kind in described.responses.items()
    }


def _json_content(kind: Any) -> dict[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return {"application/json": {"schema": schema}}


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "schema": field}
        for name, field in schema["properties"].items()
    ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
