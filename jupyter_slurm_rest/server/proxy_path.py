"""Which paths the proxy passes on, and how they are written for slurmrestd.

A path is taken apart, each segment decoded once and checked, and put together anew: what
slurmrestd gets was written here, never copied.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from jupyter_slurm_rest.slurm.errors import InvalidRequest

_ROOTS = {
    "slurm": re.compile(r"v0\.0\.[0-9]{2,3}"),
    "slurmdb": re.compile(r"v0\.0\.[0-9]{2,3}"),
    "util": re.compile(r"v0\.0\.[0-9]{2,3}"),
    "openapi": re.compile(r"v3"),
}
_DOCUMENTS = {"openapi", "openapi.json", "openapi.yaml"}
#: In slurmrestd's paths: names, job ids, node lists. No ``/``, ``\``, ``%``, control characters.
_SEGMENT = re.compile(r"[A-Za-z0-9._,:@+=\[\]*^~ -]{1,255}")
#: The GETs of which every release's own document and source say that they only read.
#: Others may change something: ``reconfigure``, ``job/{id}/requeue``, or what is yet to come.
_READS = re.compile(
    r"/slurm/[^/]+/(?:conf|diag|jobs(?:/state)?|licenses|nodes|partitions|ping|reservations|shares"
    r"|(?:job|node|partition|reservation|resources)/[^/]+)/?"
    r"|/slurmdb/[^/]+/(?:accounts|associations?|clusters|conf(?:ig)?|diag|instances?|jobs|ping|qos"
    r"|tres|users|wckeys|(?:account|cluster|job|qos|user|wckey)/[^/]+)/?"
    r"|/openapi(?:\.json|\.yaml|/v3)?/?"
)
#: What slurmrestd's document offers for bodies; 22.05 knows YAML by its old name.
_JSON = "application/json"
_OFFERED = (_JSON, "application/yaml", "application/x-yaml")
_QUALITY = re.compile(r"[01](?:\.[0-9]{0,3})?")
_ENCODING = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_PATH = 2048
_MAX_QUERY = 8192


def upstream_path(path: str) -> str:
    """slurmrestd's path for ``path``, as it stood (percent-encoded) after ``rest/``.

    Raises :exc:`InvalidRequest` for everything that is not plainly one of its own.
    """
    if len(path) > _MAX_PATH or _ENCODING.search(path):
        raise _refused()
    encoded = path.split("/")
    if encoded[-1] == "":
        encoded.pop()
    segments = [_decoded(segment) for segment in encoded]
    if not segments:
        raise _refused()
    root, *rest = segments
    if not rest and root in _DOCUMENTS:
        return f"/{root}"
    versions = _ROOTS.get(root)
    if versions is None or not rest or not versions.fullmatch(rest[0]):
        raise _refused()
    if (root == "openapi") != (len(rest) == 1):
        raise _refused()
    # slurmrestd's own documents write a slash at the end of lists; its router ignores it.
    slash = "/" if path.endswith("/") else ""
    return "/" + "/".join(quote(segment, safe="") for segment in segments) + slash


def changes_by_get(path: str) -> bool:
    """Whether a GET of slurmrestd's ``path`` may change something, as some of its do."""
    return _READS.fullmatch(path.partition("?")[0]) is None


def content_type(header: str) -> str:
    """How slurmrestd is to read a body: what the client says, where slurmrestd offers it."""
    said = header.partition(";")[0].strip().lower()
    return said if said in _OFFERED else _JSON


def accepted(header: str) -> str:
    """What the client prefers of what slurmrestd offers; JSON when it does not mind."""
    best, chosen = 0.0, _JSON
    for choice in header.lower().split(","):
        kind, *parameters = (part.strip() for part in choice.split(";"))
        kind = _JSON if kind in ("*/*", "application/*") else kind
        weight = _weight(parameters)
        if kind in _OFFERED and weight > best:
            best, chosen = weight, kind
    return chosen


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            return float(parameter[2:]) if _QUALITY.fullmatch(parameter[2:]) else 0.0
    return 1.0


def upstream_query(query: str) -> str:
    """``query`` written anew, in its order; with ``?`` in front unless it is empty."""
    if len(query) > _MAX_QUERY:
        raise InvalidRequest("query", f"The query has more than {_MAX_QUERY} characters.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError:
        raise InvalidRequest("query", "The query is not readable.") from None
    for name, value in pairs:
        if not (name + value).isprintable():
            raise InvalidRequest("query", "The query holds control characters.")
    written = [
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in pairs
        if name not in {"token", "_xsrf", "no_track_activity"}
    ]
    return "?" + "&".join(written) if written else ""


def _decoded(segment: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode("ascii")
    except UnicodeDecodeError:
        raise _refused() from None
    if text in {".", ".."} or not _SEGMENT.fullmatch(text):
        raise _refused()
    return text


def _refused() -> InvalidRequest:
    return InvalidRequest(
        "path",
        "This is no path of slurmrestd's API.",
        advice="Paths begin with slurm/v0.0.NN/, slurmdb/v0.0.NN/ or util/v0.0.NN/, "
        "or are openapi, openapi.json, openapi.yaml or openapi/v3.",
    )
