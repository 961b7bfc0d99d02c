"""Only slurmrestd's own paths pass, in normalized form."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_slurm_rest.server.proxy import (
    accepted,
    changes_by_get,
    content_type,
    upstream_path,
    upstream_query,
)
from jupyter_slurm_rest.slurm.errors import InvalidRequest


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("slurm/v0.0.42/jobs", "/slurm/v0.0.42/jobs"),
        ("slurm/v0.0.42/jobs/", "/slurm/v0.0.42/jobs/"),
        ("slurm/v0.0.38/job/123_4", "/slurm/v0.0.38/job/123_4"),
        ("slurm/v0.0.42/job/123+1", "/slurm/v0.0.42/job/123%2B1"),
        ("slurm/v0.0.42/job/123%2B1", "/slurm/v0.0.42/job/123%2B1"),
        ("slurm/v0.0.42/node/cpu%5B1-2%5D", "/slurm/v0.0.42/node/cpu%5B1-2%5D"),
        ("slurmdb/v0.0.40/user/alice", "/slurmdb/v0.0.40/user/alice"),
        ("util/v0.0.44/hostnames", "/util/v0.0.44/hostnames"),
        ("openapi", "/openapi"),
        ("openapi.json", "/openapi.json"),
        ("openapi/v3", "/openapi/v3"),
    ],
)
def test_slurmrestds_paths_pass(path: str, sent: str) -> None:
    assert upstream_path(path) == sent


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "metrics",
        "slurm",
        "slurm/",
        "slurm/v0.0.42",
        "slurm/latest/jobs",
        "slurm/v0.0.42//jobs",
        "//slurm/v0.0.42/jobs",
        "/slurm/v0.0.42/jobs",
        "http://elsewhere/slurm/v0.0.42/jobs",
        "slurm/v0.0.42/../../metrics",
        "slurm/v0.0.42/./jobs",
        "slurm/v0.0.42/%2e%2e/jobs",
        "slurm/v0.0.42/%2E%2e/%2E./jobs",
        "slurm/v0.0.42/%252e%252e/jobs",
        "slurm/v0.0.42/job%2F1",
        "slurm/v0.0.42/job%5c1",
        "slurm/v0.0.42/job\\1",
        "slurm/v0.0.42/job/1%0d%0aX-SLURM-USER-NAME:%20root",
        "slurm/v0.0.42/job/1%00",
        "slurm/v0.0.42/job/1%",
        "slurm/v0.0.42/job/1%zz",
        "slurm/v0.0.42/job/1%3Fupdate_time=1",
        "slurm/v0.0.42/job/1%23",
        "slurm/v0.0.42/job/1;a=b",
        "slurm/v0.0.42/job/%C3%A9",
        "slurm/v0.0.42/job/%FF",
        "slurm%2Fv0.0.42/jobs",
        "openapi/v4",
        "openapi/v3/x",
        "healthz",
        "slurm/v0.0.42/" + "x" * 3000,
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidRequest):
        upstream_path(path)


@given(st.text(max_size=60))
def test_passed_paths_are_normalized(tail: str) -> None:
    try:
        sent = upstream_path("slurm/v0.0.42/" + quote(tail, safe="/%.&?#;@:\\"))
    except InvalidRequest:
        return
    assert sent.startswith("/slurm/v0.0.42/")
    assert not {"..", ".", ""} & set(sent.strip("/").split("/"))
    assert unquote(sent).isprintable()
    assert not set(sent) & set("?#\\;@ \r\n")


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("", ""),
        ("update_time=17&flags=ALL&flags=DETAIL", "?update_time=17&flags=ALL&flags=DETAIL"),
        ("users=alice,bob", "?users=alice%2Cbob"),
        ("a=b%26c%3Dd", "?a=b%26c%3Dd"),
        ("token=secret&_xsrf=2&state=RUNNING", "?state=RUNNING"),
    ],
)
def test_queries_are_written_anew(query: str, sent: str) -> None:
    assert upstream_query(query) == sent


@pytest.mark.parametrize("query", ["a=%0d%0aX: y", "a=%ff", "a=1&" * 300, "a=" + "x" * 9000])
def test_queries_that_are_refused(query: str) -> None:
    with pytest.raises(InvalidRequest):
        upstream_query(query)


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("/slurm/v0.0.45/job/1/requeue", True),
        ("/slurm/v0.0.45/job/1_2/requeue/?Hold=", True),
        ("/slurm/v0.0.40/reconfigure/", True),
        # What no release known today has.
        ("/slurm/v0.0.99/job/1/start", True),
        ("/slurm/v0.0.99/restart", True),
        ("/util/v0.0.44/hostnames", True),
        ("/slurm/v0.0.45/job/requeue", False),
        ("/slurm/v0.0.45/jobs/state/?job_id=1", False),
        ("/slurmdb/v0.0.38/qos", False),
        ("/openapi/v3", False),
    ],
)
def test_what_is_not_known_to_read_may_change(path: str, changes: bool) -> None:
    assert changes_by_get(path) is changes


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("application/yaml", "application/yaml"),
        ("application/x-yaml, application/json;q=0.5", "application/x-yaml"),
        ("application/yaml;q=0.1, application/*", "application/json"),
        ("application/yaml;q=nonsense", "application/json"),
        ("application/yaml\r\nX-SLURM-USER-NAME: root", "application/json"),
        (",;,q=1", "application/json"),
    ],
)
def test_what_the_client_prefers(header: str, sent: str) -> None:
    assert accepted(header) == sent


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ("Application/YAML", "application/yaml"),
        ("application/x-yaml", "application/x-yaml"),
        ("application/x-www-form-urlencoded", "application/json"),
        ("", "application/json"),
    ],
)
def test_how_a_body_is_read(header: str, sent: str) -> None:
    assert content_type(header) == sent
