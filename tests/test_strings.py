"""The list of user-visible strings: ``make strings``."""

from __future__ import annotations

from babel.messages.catalog import Message

from scripts.strings import catalog, python_strings

SOURCE = '''
"""A docstring, not for users."""

def load(path):
    """Another docstring."""
    key = "one-word"
    raise Error(f"{path.name} cannot be read: {error}", hint="Check its mode.")
'''


def test_prose_is_found_and_docstrings_are_not() -> None:
    assert sorted(python_strings(SOURCE)) == [
        (7, "Check its mode."),
        (7, "{name} cannot be read: {error}"),
    ]


def test_the_catalog_has_server_frontend_and_schemas() -> None:
    found = catalog("src/jobs/list.ts:3\t%1 job | %1 jobs\nschema/panel.json\tRefresh interval\n")
    assert found.get("Refresh interval") is not None
    job = found.get(("%1 job", "%1 jobs"))
    assert isinstance(job, Message)
    assert job.locations == [("src/jobs/list.ts", 3)]
    files = {name for message in found for name, _ in message.locations}
    assert "jupyter_slurm_rest/server/openapi.json" in files
    assert "jupyter_slurm_rest/server/events/queue_changed.yaml" in files
