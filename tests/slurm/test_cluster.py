"""Reading nodes, partitions and licenses, over what the real daemons returned."""

from __future__ import annotations

import pytest

from jupyter_slurm_rest.slurm.errors import (
    NotFound,
    TokenRejected,
    Unsupported,
)
from jupyter_slurm_rest.slurm.transport import Response

from .recorded import FIXTURES, Recording
from .scripted import NO_SUCH_PATH, Request, client_of, recorded_reply


async def test_nodes_and_partitions(recording: Recording) -> None:
    client, transport, _ = client_of(recorded_reply(recording), recording.version)
    nodes = await client.nodes()
    assert (await client.node("gpu1")).gpus == 4
    with pytest.raises(NotFound):
        await client.node("nosuchnode")
    plain = {one.name: one for one in await client.partitions()}
    assert plain["gpu"].cpus_free is None
    # Without it hidden partitions are left out, but older versions do not know it.
    flags = transport.seen[-1].params.get("flags")
    assert flags == ("ALL" if recording.minor >= 40 else None)
    free = {one.name: one for one in await client.partitions(nodes)}
    assert (free["gpu"].cpus_free, free["gpu"].gpus_total) == (1, 8)
    assert (await client.partition("Debug")).name == "debug"
    with pytest.raises(NotFound):
        await client.partition("nosuchpartition")


async def test_what_a_version_does_not_have_is_refused_by_name(recording: Recording) -> None:
    client, _, _ = client_of(recorded_reply(recording), recording.version)
    for call, since in ((client.shares, 40), (client.job_states, 40), (client.licenses, 38)):
        if recording.minor >= since:
            await call()
        else:
            with pytest.raises(Unsupported, match=rf"v0\.0\.{since}"):
                await call()


async def test_licenses_are_asked_for_where_slurmctld_responds(recording: Recording) -> None:
    def reply(request: Request) -> Response:
        rejected = b'{"errors": [{"error_number": 1007, "description": "auth"}]}'
        if request.path.endswith(("/diag/", "/licenses/")):
            return Response(511, "application/json", rejected, 0.0)
        return recorded_reply(recording)(request)

    client, transport, _ = client_of(reply, recording.version)
    with pytest.raises((TokenRejected, Unsupported)):
        await client.licenses()
    sent = any(seen.path.endswith("/licenses/") for seen in transport.seen)
    assert sent is (recording.minor > 38)


@pytest.mark.parametrize("release", ["23.02.8", "23.11.11", "24.05.8"])
async def test_what_v0039_leaves_out_of_partitions_an_older_version_tells(release: str) -> None:
    new, old = (Recording(FIXTURES / release / version) for version in ("v0.0.39", "v0.0.38"))
    served = release != "24.05.8"
    newer = recorded_reply(new)
    older = recorded_reply(old) if served else lambda request: NO_SUCH_PATH

    def reply(request: Request) -> Response:
        if request.path.startswith(("/slurm/v0.0.39/", "/slurmdb/v0.0.39/")):
            return newer(request)
        return older(request) if "/v0.0.38/" in request.path else NO_SUCH_PATH

    client, _, _ = client_of(reply)
    found = {one.name: one for one in await client.partitions()}
    expected = ("UP", True) if served else ("UNKNOWN", None)
    assert (found["debug"].state, found["debug"].default) == expected
    # Nothing but the version that is pinned is spoken.
    client, _, _ = client_of(reply, "v0.0.39")
    assert {one.state for one in await client.partitions()} == {"UNKNOWN"}
