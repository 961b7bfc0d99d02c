"""The committed OpenAPI document and TypeScript types match the code."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from jupyter_slurm_rest.server import openapi
from jupyter_slurm_rest.server.app import ROUTES

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "jupyter_slurm_rest" / "server" / "openapi.json"


def test_openapi_document_is_up_to_date() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi.text(), "run: jlpm generate"


def test_typescript_types_are_up_to_date() -> None:
    tool = ROOT / "node_modules" / ".bin" / "openapi-typescript"
    if not tool.exists():
        if os.environ.get("CI"):
            pytest.fail("node_modules is missing")
        pytest.skip("needs node_modules")
    script = json.loads((ROOT / "package.json").read_text())["scripts"]["generate:types"]
    arguments = script.split()[1:]
    done = subprocess.run([tool, *arguments, "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"run: jlpm generate\n{done.stderr}"


def test_every_route_is_described() -> None:
    document = json.loads(COMMITTED.read_text())
    assert list(document["paths"]) == [f"/jupyter-slurm-rest/{path}" for path, _ in ROUTES]
    operations = [
        operation
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] for operation in operations)


def test_every_reference_leads_somewhere() -> None:
    text = COMMITTED.read_text()
    schemas = json.loads(text)["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/([^\"]+)", text)) == set(schemas)
