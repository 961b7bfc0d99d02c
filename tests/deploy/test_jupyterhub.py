"""deploy/jupyterhub: what the configuration promises without being started."""

from __future__ import annotations

import configparser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from jupyter_slurm_rest.hub.app import SlurmTokenService
from jupyter_slurm_rest.server.settings import read_clusters

DEPLOY = Path(__file__).parents[2] / "deploy"


def load(path: str) -> Config:
    loaded: Config = PyFileConfigLoader(str(DEPLOY / path)).load_config()
    return loaded


@pytest.fixture(scope="module")
def config() -> Config:
    return load("jupyterhub/jupyterhub_config.py")


def unit(name: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "jupyterhub" / name)
    return parser["Service"]


def test_logins_are_those_of_the_machine(config: Config) -> None:
    assert config.JupyterHub.authenticator_class == "pam"
    assert config.PAMAuthenticator.allowed_groups


def test_the_service_listens_where_no_user_can(config: Config) -> None:
    (service,) = config.JupyterHub.services
    assert "url" not in service
    (bind,) = [w for w in service["command"] if w.startswith("--bind-url=")]
    path = Path(unquote(urlsplit(bind.removeprefix("--bind-url=")).netloc))
    hub_unit = unit("jupyterhub.service")
    assert path.parent == Path("/run") / hub_unit["RuntimeDirectory"]
    assert hub_unit["RuntimeDirectoryMode"] == "0755"
    assert config.Spawner.environment["JUPYTER_SLURM_REST_TOKEN_URL"] == (
        bind.removeprefix("--bind-url=") + "/services/slurm-token/"
    )


def test_servers_get_an_address_and_no_secret(config: Config) -> None:
    assert set(config.Spawner.environment) == {"JUPYTER_SLURM_REST_TOKEN_URL"}


def test_roles_keep_the_hubs_defaults(config: Config) -> None:
    roles = {role["name"]: set(role["scopes"]) for role in config.JupyterHub.load_roles}
    scope = "access:services!service=slurm-token"
    assert roles["user"] == {"self", scope}
    assert roles["server"] == {"users:activity!user", "access:servers!server", scope}


def test_the_service_by_itself_reads_keys_as_a_user_of_its_own() -> None:
    service = unit("slurm-token.service")
    assert service["User"] == "slurm-token"
    assert service["LimitCORE"] == "0"
    assert service["NoNewPrivileges"] == "true"
    assert "api_token_file=%d/" in service["ExecStart"], "the hub's token is no argument"
    assert "HUP" in service["ExecReload"]


def test_the_services_configuration_loads(tmp_path: Path) -> None:
    settings = load("jupyterhub/slurm_token_config.py")
    key = tmp_path / "cluster.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    settings.SlurmTokenService.clusters["cluster"]["key_file"] = str(key)
    service = SlurmTokenService(config=settings, service_name="slurm-token")
    assert list(service.read_clusters()) == ["cluster"]
    asked = load("jupyterhub/jupyter_server_config.py").SlurmRest.clusters
    assert [entry["tokens"]["cluster"] for entry in asked.values()] == ["cluster"]
    assert list(read_clusters(asked)) == ["cluster"]
