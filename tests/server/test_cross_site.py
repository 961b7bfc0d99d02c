"""Cross-site requests change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_server.auth import User
from tornado.web import create_signed_value

from .conftest import Call, Response
from .replay import ReplaySlurmrestd

REQUEUE = "clusters/maxwell/rest/slurm/v0.0.45/job/1/requeue"
#: Jupyter's cookie of that name may hold any value that has its form.
XSRF = "2|01020304|0a0b0c0d0e0f|1700000000"


@pytest.fixture
def login(jp_serverapp: Any) -> str:
    """The cookie of a browser that is logged in."""

    class Handler:
        """What the identity provider reads of a request to name its cookie."""

        request = type("Request", (), {"host": f"127.0.0.1:{jp_serverapp.port}"})

    name = jp_serverapp.identity_provider.get_cookie_name(Handler())
    user = jp_serverapp.identity_provider.user_to_cookie(User("alice", "alice", "alice", "a"))
    return f"{name}={create_signed_value(jp_serverapp.cookie_secret, name, user).decode()}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "clusters/maxwell/jobs"),
        ("POST", "clusters/maxwell/jobs/actions"),
        ("DELETE", "clusters/maxwell/rest/slurm/v0.0.45/job/1"),
    ],
)
async def test_cross_site_forms_change_nothing(
    call: Call, login: str, slurmrestd: ReplaySlurmrestd, method: str, path: str
) -> None:
    response = await call(method, path, {}, headers={"Authorization": "", "Cookie": login})
    assert response.status == 403
    assert "_xsrf" in response.json()["message"]
    assert slurmrestd.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        # On a hub, other users' servers have the same host.
        {"Referer": "http://127.0.0.1/user/mallory/page.html"},
        {"Sec-Fetch-Mode": "websocket", "Sec-Fetch-Site": "cross-site"},
        {"X-XSRFToken": XSRF.replace("0f", "00")},
        {"X-XSRFToken": "anything"},
        {"X-XSRFToken": ""},
    ],
)
@pytest.mark.parametrize("path", [REQUEUE, "clusters/maxwell/rest/slurm/v0.0.45/reconfigure/"])
async def test_cross_site_links_change_nothing(
    call: Call, login: str, slurmrestd: ReplaySlurmrestd, path: str, headers: dict[str, str]
) -> None:
    given = {"Authorization": "", "Cookie": f"{login}; _xsrf={XSRF}", **headers}
    # A page of the same host may set that cookie, and so know what it holds; what it cannot
    # do is have another address than its own asked with such a header.
    query = {} if "X-XSRFToken" in headers else {"_xsrf": XSRF}
    response = await call("GET", path, headers=given, **query)
    assert (response.status, response.json()["reason"]) == (403, "forbidden")
    assert "X-XSRFToken" in response.json()["message"]
    assert slurmrestd.seen == []


async def test_the_xsrf_header_or_a_token_is_needed(
    call: Call, login: str, slurmrestd: ReplaySlurmrestd
) -> None:
    cookies = f"{login}; _xsrf={XSRF}"
    given = {"Authorization": "", "Cookie": cookies, "X-XSRFToken": XSRF}
    responses: list[Response] = [
        await call("GET", REQUEUE, headers=given),
        await call("GET", REQUEUE),
    ]
    # What slurmrestd says of a job that nobody recorded.
    assert [response.headers["Content-Type"] for response in responses] == ["text/plain"] * 2
    assert len(slurmrestd.sent("slurm/job/1/requeue")) == 2


async def test_reading_needs_no_header(call: Call, login: str) -> None:
    response = await call(
        "GET",
        "clusters/maxwell/rest/slurm/v0.0.45/ping",
        headers={"Authorization": "", "Cookie": login},
    )
    assert response.status == 200
