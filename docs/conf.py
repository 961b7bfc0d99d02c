"""Sphinx configuration of the documentation site: ``make docs``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
PACKAGE: dict[str, Any] = json.loads((ROOT / "package.json").read_text())

project = "jupyter-slurm-rest"
author = PACKAGE["author"]
copyright = f"2026, {author}"  # noqa: A001 -- Sphinx's name for it
release = version = PACKAGE["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinxcontrib.openapi",
]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 4

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}

# The extension takes numbers only as statuses of responses; "default" is valid OpenAPI.
api = json.loads((ROOT / "jupyter_slurm_rest/server/openapi.json").read_text())
for path in api["paths"].values():
    for operation in path.values():
        if isinstance(operation, dict):
            operation.get("responses", {}).pop("default", None)
(HERE / "api/openapi.json").write_text(json.dumps(api))

html_theme = "pydata_sphinx_theme"
html_title = project
html_theme_options = {
    "github_url": PACKAGE["homepage"],
    "use_edit_page_button": True,
    "navigation_with_keys": False,
    "show_toc_level": 2,
}
html_context = {
    "github_user": "jupyter-slurm-rest",
    "github_repo": "jupyter-slurm-rest",
    "github_version": "main",
    "doc_path": "docs",
}
