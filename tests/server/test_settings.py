"""Wrong settings are reported by name when the server starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_slurm_rest.queue.records import NoEvents
from jupyter_slurm_rest.queue.watcher import Settings
from jupyter_slurm_rest.server.cluster import ConfiguredCluster
from jupyter_slurm_rest.server.settings import BadSetting, read_clusters

from .conftest import Call


def configure(options: Any) -> ConfiguredCluster:
    settings = read_clusters({"maxwell": options})["maxwell"]
    return ConfiguredCluster("maxwell", settings, ttl=5, events=NoEvents(), watching=Settings())


def _with_tokens(provider: str, **options: Any) -> dict[str, Any]:
    return {"url": "http://slurm", "tokens": {"provider": provider, **options}}


@pytest.mark.parametrize(
    "url",
    [
        "http://slurm:6820",
        "https://slurm.example.org",
        "https://[::1]:6820/slurmrestd",
        "unix:///run/slurmrestd/slurmrestd.socket",
    ],
)
def test_addresses(url: str) -> None:
    assert configure({"url": url, "tokens": "paste"}).transport.url == url


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "url"),
        ("http://slurm:6820", "object"),
        ({"url": 6820}, "url"),
        ({"url": "slurm:6820"}, "Use http(s)://host:port"),
        ({"url": "ftp://slurm"}, "Use http(s)://host:port"),
        ({"url": "http://slurm:99999"}, "Use http(s)://host:port"),
        ({"url": "http://"}, "Use http(s)://host:port"),
        ({"url": "unix://run/socket"}, "unix:///path/to.socket"),
        ({"url": "http://alice:pw@slurm"}, "user name or password"),
        ({"url": "http://slurm", "tls": True}, "tls"),
        ({"url": "http://slurm", "ca": "/no/such/file.pem"}, "/no/such/file.pem"),
        ({"url": "http://slurm", "key": __file__}, "'cert'"),
        ({"url": "https://slurm", "ca": "/no/such/file.pem"}, "['ca']: The file '/no"),
        ({"url": "https://slurm", "ca": __file__}, "['ca']"),
        ({"url": "https://slurm", "cert": __file__}, "['cert']"),
        ({"url": "https://slurm", "key": __file__}, "'cert'"),
        ({"url": "http://slurm", "ca": __file__}, "require an https"),
        (
            {"url": "http://slurm", "proxy": "proxy:3128"},
            "['proxy']: 'proxy:3128' is not a valid HTTP",
        ),
        ({"url": "http://slurm", "api_version": "42"}, "api_version"),
        ({"url": "http://slurm", "timeout": 0}, "timeout"),
        ({"url": "http://slurm", "timeout": float("inf")}, "timeout"),
        ({"url": "http://slurm 1:6820"}, "Use http(s)://host:port"),
        ({"url": "http://slurm", "username": "a b"}, "['username']"),
        ({"url": "http://slurm", "username": "1000"}, "['username']"),
        (_with_tokens("file", path=5), "'path'"),
        (_with_tokens("hub", url="http://hub", cluster=5), "'cluster'"),
        (_with_tokens("command", argv=["scontrol", 5]), "list of words"),
        (_with_tokens("portal", url="http://portal", lifespan="1h"), "'lifespan'"),
        (_with_tokens("portal", url="http://portal", timeout=0), "'timeout'"),
        (_with_tokens("portal", url="http://[::1"), "is invalid"),
        (_with_tokens("portal", url="http://portal:99999"), "is invalid"),
    ],
)
def test_what_is_wrong_is_named(options: Any, named: str) -> None:
    with pytest.raises(BadSetting) as caught:
        configure(options)
    assert named in str(caught.value)
    assert "clusters['maxwell']" in str(caught.value)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "x" * 65, 1])
def test_names_fit_into_addresses(name: Any) -> None:
    with pytest.raises(BadSetting, match="name"):
        read_clusters({name: {"url": "http://slurm"}})


class TestAtStart:
    @pytest.fixture
    def clusters(self, tmp_path: Path) -> dict[str, Any]:
        tokens = {"provider": "fiel", "path": str(tmp_path)}
        return {"maxwell": {"url": "http://slurm", "tokens": tokens}}

    def test_an_unknown_provider_is_one_clear_line(
        self, jp_configurable_serverapp: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        jp_configurable_serverapp()
        said = capsys.readouterr().err.splitlines()
        (line,) = [line for line in said if "Slurm is not available" in line]
        assert "c.SlurmRest.clusters['maxwell']['tokens']" in line
        assert "Unknown token provider 'fiel'" in line


class TestOneWrongSetting:
    """It stops the extension: the site's other settings must not become defaults."""

    @pytest.fixture(
        params=[
            ({"visitors": "reed"}, "c.SlurmRest.visitors: this setting expected any of"),
            ({"paste_tokens": "no"}, "c.SlurmRest.paste_tokens: this setting expected a boolean"),
            ({"refresh": -1}, "c.SlurmRest.refresh: this setting should not be less than 0"),
            ({"slurmrestd_share": float("nan")}, "c.SlurmRest.slurmrestd_share: this setting must"),
            ({"proxy_method": "none"}, "c.SlurmRest.proxy_method: this setting does not exist"),
        ],
        ids=lambda param: next(iter(param[0])),
    )
    def wrong(self, request: pytest.FixtureRequest) -> Any:
        return request.param

    @pytest.fixture
    def slurm_config(self, wrong: Any) -> dict[str, Any]:
        return {"proxy_methods": "none", **wrong[0]}

    async def test_nothing_is_served(self, call: Call) -> None:
        for path in ("clusters", "clusters/maxwell/rest/slurm/v0.0.45/ping"):
            assert (await call("GET", path)).status == 404

    def test_unknown_options_are_named(
        self, wrong: Any, jp_configurable_serverapp: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        jp_configurable_serverapp()
        said = capsys.readouterr().err.splitlines()
        (line,) = [line for line in said if "Slurm is not available" in line]
        assert wrong[1] in line
        assert "jupyter_slurm_rest | extension was successfully loaded." not in "\n".join(said)


class TestJupyterLabsFile:
    """``jupyter lab --generate-config`` makes it: users write their settings there."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["jpserver_extensions"]["jupyterlab"] = True
        del jp_server_config["SlurmRest"]
        return jp_server_config

    @pytest.fixture
    def jp_config_dir(self, jp_config_dir: Path) -> Path:
        (jp_config_dir / "jupyter_lab_config.py").write_text(
            "c.SlurmRest.clusters = {'in-the-lab': {'url': 'http://127.0.0.1:9'}}\n"
        )
        return jp_config_dir

    async def test_it_counts(self, call: Call) -> None:
        response = await call("GET", "clusters")
        assert [cluster["name"] for cluster in response.json()["clusters"]] == ["in-the-lab"]


def test_one_cluster_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_slurm_rest.server.app import SlurmRest

    monkeypatch.setenv("SLURMRESTD_URL", "http://slurm:6820")
    assert SlurmRest().clusters == {"default": {"url": "http://slurm:6820"}}
