"""deploy/helm/slurm-token, rendered by helm and checked against the schemas of Kubernetes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from traitlets.config.loader import JSONFileConfigLoader

from jupyter_slurm_rest.hub.app import SlurmTokenService

from .helm import TOKEN_SERVICE, template, the

#: The oldest that the chart declares, and the newest that the schemas have.
KUBERNETES = ("1.27", "1.37")
VARIANTS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "without TLS, over IPv6": {
        "tls": {"enabled": False},
        "bindAddress": "::",
        "service": {"ipFamilyPolicy": "PreferDualStack"},
    },
    "with everything": {
        "tls": {"clientCaSecret": "callers"},
        "hub": {"caSecret": "hub-ca", "apiUrl": "https://hub.example.org/hub/api"},
        "image": {"pullSecrets": ["registry"]},
        "networkPolicy": {"monitoring": [{"namespaceSelector": {}}]},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "hub", "operator": "Exists"}],
    },
}


def rendered(folder: Path, values: dict[str, Any]) -> list[dict[str, Any]]:
    given = {"clusters": {"maxwell": {"key_file": "/etc/slurm-token/keys/cluster.key"}}}
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump({**given, **values}))
    return template("slurm-token", TOKEN_SERVICE, file)


def container(objects: list[dict[str, Any]]) -> dict[str, Any]:
    deployment = the(objects, "Deployment", "slurm-token")
    (found,) = deployment["spec"]["template"]["spec"]["containers"]
    return dict(found)


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_kubernetes_takes_the_objects(tmp_path: Path, variant: str, version: str) -> None:
    objects = rendered(tmp_path, VARIANTS[variant])
    kinds = {found["kind"] for found in objects}
    assert kinds == {"ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service"}
    for found in objects:
        kubernetes_validate.validate(found, version, strict=True)


def test_the_schemas_notice_a_mistake(tmp_path: Path) -> None:
    deployment = the(rendered(tmp_path, {}), "Deployment", "slurm-token")
    deployment["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, KUBERNETES[-1], strict=True)


@pytest.mark.parametrize("variant", VARIANTS)
def test_pods_have_no_more_rights_than_they_need(tmp_path: Path, variant: str) -> None:
    """What the profile "restricted" of the Pod Security Standards asks for, and more."""
    objects = rendered(tmp_path, VARIANTS[variant])
    pod = the(objects, "Deployment", "slurm-token")["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(objects)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} <= set(container(objects)["resources"])
    assert all(mount["readOnly"] for mount in container(objects)["volumeMounts"])
    assert "env" not in container(objects), "a secret in the environment is easily read"


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_service_knows_every_setting(tmp_path: Path, variant: str) -> None:
    data = the(rendered(tmp_path, VARIANTS[variant]), "ConfigMap", "slurm-token-config")["data"]
    ((name, text),) = data.items()
    (tmp_path / name).write_text(text)
    config = JSONFileConfigLoader(name, str(tmp_path)).load_config()
    assert set(config.SlurmTokenService) <= set(SlurmTokenService.class_trait_names(config=True))
    mounts = container(rendered(tmp_path, VARIANTS[variant]))["volumeMounts"]
    folders = {mount["mountPath"] for mount in mounts}
    files = [value for value in _strings(json.loads(text)) if value.startswith("/etc/")]
    assert files
    assert all(str(Path(file).parent) in folders for file in files)


def test_a_sites_clusters_are_the_only_ones(tmp_path: Path) -> None:
    data = the(rendered(tmp_path, {}), "ConfigMap", "slurm-token-config")["data"]
    config = json.loads(data["slurm_token_config.json"])
    assert list(config["SlurmTokenService"]["clusters"]) == ["maxwell"]


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for entry in value.values() for text in _strings(entry)]
    return [value] if isinstance(value, str) else []


def test_only_users_servers_may_connect_until_a_site_says_otherwise(tmp_path: Path) -> None:
    servers = {"matchLabels": {"app.kubernetes.io/component": "singleuser-server"}}
    (rule,) = the(rendered(tmp_path, {}), "NetworkPolicy", "slurm-token")["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": servers}]
    # A namespace for each user.
    everywhere = [{"namespaceSelector": {"matchLabels": {"hub": "users"}}, "podSelector": servers}]
    objects = rendered(tmp_path, {"networkPolicy": {"from": everywhere}})
    (rule,) = the(objects, "NetworkPolicy", "slurm-token")["spec"]["ingress"]
    assert rule["from"] == everywhere


def test_metrics_are_scraped_with_a_token_of_the_hub(tmp_path: Path) -> None:
    monitor = {"enabled": True, "tokenSecret": {"name": "metrics-reader"}}
    found = the(rendered(tmp_path, {"serviceMonitor": monitor}), "ServiceMonitor", "slurm-token")
    (endpoint,) = found["spec"]["endpoints"]
    assert endpoint["path"] == "/services/slurm-token/metrics"
    assert endpoint["authorization"]["type"] == "token"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"tls": {"secret": ""}}, "secret"),
        ({"hub": {"apiUrl": "http://hub:8081"}}, "apiUrl"),
        ({"clusters": {}}, "clusters"),
        ({"networkPolicy": {"from": []}}, "from"),
        ({"settings": {"bind_url": "http://0.0.0.0:1"}}, "settings"),
        ({"replica": 3}, "replica"),
    ],
)
def test_helm_refuses_wrong_values(tmp_path: Path, wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        rendered(tmp_path, wrong)
    assert named in caught.value.stderr
