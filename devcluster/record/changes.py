"""Requests that submit, change and cancel jobs; each version works on jobs of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from devcluster.record.calls import Call, Version

#: Sends a call, records the response, returns the job id in it (None when there is none).
Send = Callable[[Call], int | None]

_SCRIPT = "#!/bin/bash\nsrun hostname\n"


def submission(version: Version, **job: Any) -> dict[str, Any]:
    """A submit request in the words of the version; the job waits, held."""
    path = "/usr/bin:/bin"
    if version.number <= 38:
        base: dict[str, Any] = {"environment": {"PATH": path}, "hold": True}
    else:
        base = {"environment": [f"PATH={path}"], "hold": True}
    base |= {"name": f"rest-{version.text}", "current_working_directory": "/home/alice"}
    return {"script": _SCRIPT, "job": base | job}


def send_changes(version: Version, send: Send) -> None:
    """Submit, update and cancel, the good and the refused."""
    path = f"/slurm/{version.text}"

    def submit(name: str, body: dict[str, Any]) -> int | None:
        return send(Call(name, "POST", f"{path}/job/submit", body))

    job = submit("submit", submission(version))
    array = submit("submit_array", submission(version, array="1-3"))
    for name, body in _refused(version).items():
        submit(name, body)
    update = f"{path}/job/{job}"
    send(Call("update", "POST", update, {"comment": "changed over REST", "time_limit": 3}))
    send(Call("update_partition_unknown", "POST", update, {"partition": "nosuchpartition"}))
    send(Call("update_time_over_limit", "POST", update, {"time_limit": 100000}))
    send(Call("update_time_unreadable", "POST", update, {"time_limit": "abc"}))
    send(Call("update_release", "POST", update, {"hold": False}))
    send(Call("update_hold", "POST", update, {"hold": True}))
    send(Call("cancel", "DELETE", update))
    send(Call("cancel_again", "DELETE", update))
    send(Call("cancel_array_task", "DELETE", f"{path}/job/{array}_2"))
    send(Call("cancel_signal", "DELETE", f"{path}/job/{array}?signal=SIGTERM"))
    if version.number >= 40:
        many = {"jobs": [str(array), "999999"]}
        send(Call("cancel_many", "DELETE", f"{path}/jobs", many))
    else:
        send(Call("cancel_array", "DELETE", f"{path}/job/{array}"))


def _refused(version: Version) -> dict[str, dict[str, Any]]:
    no_environment = submission(version)
    del no_environment["job"]["environment"]
    no_folder = submission(version)
    del no_folder["job"]["current_working_directory"]
    return {
        "submit_partition_unknown": submission(version, partition="nosuchpartition"),
        "submit_account_unknown": submission(version, account="nosuchaccount"),
        "submit_account_not_mine": submission(version, account="chemistry"),
        "submit_qos_unknown": submission(version, qos="nosuchqos"),
        "submit_time_over_limit": submission(version, partition="debug", time_limit=100000),
        "submit_nodes_too_many": submission(version, nodes=_nodes(version, 99)),
        "submit_unknown_field": submission(version, nosuchfield="x"),
        "submit_time_unreadable": submission(version, time_limit="abc"),
        "submit_no_environment": no_environment,
        "submit_no_folder": no_folder,
        "submit_no_script": {"job": submission(version)["job"]},
    }


def _nodes(version: Version, count: int) -> Any:
    return [count, count] if version.number <= 38 else str(count)
