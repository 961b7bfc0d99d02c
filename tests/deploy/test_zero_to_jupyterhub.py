"""What deploy/zero-to-jupyterhub/values.yaml promises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jupyterhub.services.auth import check_scopes
from traitlets.config import Config

from jupyter_slurm_rest.hub.app import WEAK_AUTHENTICATORS, SlurmTokenService
from jupyter_slurm_rest.server.settings import read_clusters

ROOT = Path(__file__).parents[2]
SERVICE = "slurm-token"


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    text = (ROOT / "deploy/zero-to-jupyterhub/values.yaml").read_text()
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@pytest.fixture(scope="module")
def hub(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = values["hub"]
    return found


@pytest.fixture(scope="module")
def singleuser(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = values["singleuser"]
    return found


def service_port(hub: dict[str, Any]) -> int:
    """The port the service listens on."""
    command: list[str] = hub["services"][SERVICE]["command"]
    (bind,) = [word for word in command if word.startswith("--bind-url=")]
    port = urlsplit(bind.removeprefix("--bind-url=")).port
    assert port is not None
    return port


def test_the_service_has_no_route_from_outside(hub: dict[str, Any]) -> None:
    service = hub["services"][SERVICE]
    assert "url" not in service
    assert service["display"] is False


def test_all_places_name_the_same_port(hub: dict[str, Any], singleuser: dict[str, Any]) -> None:
    port = service_port(hub)
    assert [entry["port"] for entry in hub["service"]["extraPorts"]] == [port]
    (ingress,) = hub["networkPolicy"]["ingress"]
    assert ingress["ports"] == [{"port": port}]
    url = urlsplit(singleuser["extraEnv"]["JUPYTER_SLURM_REST_TOKEN_URL"])
    assert (url.hostname, url.port, url.path) == ("hub", port, f"/services/{SERVICE}/")


def test_only_users_servers_reach_the_service(hub: dict[str, Any]) -> None:
    (rule,) = hub["networkPolicy"]["ingress"]
    assert rule["from"] == [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/component": "singleuser-server"}}}
    ]
    assert "allowedIngressPorts" not in hub["networkPolicy"]


def test_servers_reach_the_service_and_slurmrestd_and_nothing_more(
    hub: dict[str, Any], singleuser: dict[str, Any]
) -> None:
    policy = singleuser["networkPolicy"]
    assert set(policy) == {"egress"}, "the chart's own restrictions stay"
    to_service, to_slurm = policy["egress"]
    assert to_service["ports"] == [{"port": service_port(hub)}]
    assert to_service["to"] == [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/component": "hub"}}}
    ]
    ((block,),) = [[entry["ipBlock"]["cidr"] for entry in to_slurm["to"]]]
    address, _, bits = block.partition("/")
    assert bits == "32"
    slurmrestd = urlsplit(clusters_of(singleuser)["cluster"]["url"])
    assert (slurmrestd.hostname, slurmrestd.port) == (address, to_slurm["ports"][0]["port"])


def test_roles_give_the_scope_twice_and_keep_the_defaults(hub: dict[str, Any]) -> None:
    roles = hub["loadRoles"]
    scope = f"access:services!service={SERVICE}"
    assert set(roles["user"]["scopes"]) == {"self", scope}
    assert set(roles["server"]["scopes"]) == {
        "users:activity!user",
        "access:servers!server",
        scope,
    }
    assert SERVICE in hub["services"]
    assert check_scopes({scope}, {scope})
    assert roles[SERVICE]["scopes"] == ["read:hub"], "the service needs no power of its own"


def test_the_key_is_a_read_only_secret_of_the_hub_alone(values: dict[str, Any]) -> None:
    hub = values["hub"]
    (volume,) = hub["extraVolumes"]
    (mount,) = hub["extraVolumeMounts"]
    assert volume["secret"]["defaultMode"] == 0o440
    assert (mount["name"], mount["readOnly"]) == (volume["name"], True)
    assert volume["secret"]["secretName"] not in str(values["singleuser"])
    key_file = Path(service_config(hub)["clusters"]["cluster"]["key_file"])
    assert key_file.parent == Path(mount["mountPath"])


def test_no_secret_is_in_the_values(values: dict[str, Any]) -> None:
    text = yaml.safe_dump(values)
    assert not re.search(r"BEGIN|eyJ|[0-9a-f]{32}|password|apiToken", text)
    assert set(values["singleuser"]["extraEnv"]) == {"JUPYTER_SLURM_REST_TOKEN_URL"}


def test_nobody_chooses_their_own_name(hub: dict[str, Any]) -> None:
    chosen = hub["config"]["JupyterHub"]["authenticator_class"]
    assert chosen not in ("dummy", "null", "shared-password")
    assert not any(weak in chosen for weak in WEAK_AUTHENTICATORS)


def service_config(hub: dict[str, Any]) -> Any:
    config = Config()
    exec(hub["extraFiles"]["slurm-token-config"]["stringData"], {"c": config})  # noqa: S102 - as the hub does
    return config.SlurmTokenService


def test_the_service_starts_with_its_configuration(hub: dict[str, Any], tmp_path: Path) -> None:
    key = tmp_path / "cluster.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o440)
    settings = service_config(hub)
    assert hub["extraFiles"]["slurm-token-config"]["mountPath"] in str(hub["services"][SERVICE])
    settings["clusters"]["cluster"]["key_file"] = str(key)
    service = SlurmTokenService(config=Config(SlurmTokenService=settings))
    assert list(service.read_clusters()) == ["cluster"]


def clusters_of(singleuser: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = singleuser["extraFiles"]["slurm-clusters"]["data"]["SlurmRest"]
    clusters: dict[str, Any] = found["clusters"]
    return clusters


def test_servers_start_with_their_configuration(
    hub: dict[str, Any], singleuser: dict[str, Any]
) -> None:
    clusters = clusters_of(singleuser)
    assert list(read_clusters(clusters)) == ["cluster"]
    asked = {entry["tokens"]["cluster"] for entry in clusters.values()}
    assert asked == set(service_config(hub)["clusters"])
    file = singleuser["extraFiles"]["slurm-clusters"]
    assert file["mode"] & 0o222 == 0
    assert not file["mountPath"].startswith("/home")
