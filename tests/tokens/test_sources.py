"""Tokens that are already on this machine: env, file, command, paste."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_slurm_rest.tokens import TokenError, make_provider
from jupyter_slurm_rest.tokens.errors import (
    SourceMisconfigured,
    SourceUnreachable,
    TokenExpired,
    TokenMalformed,
    TokenMissing,
    TokenRefused,
)

from .tokens import make_token


def inherited_environment() -> str:
    return subprocess.run(["env"], capture_output=True, text=True, check=True).stdout


def running_commands() -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().replace(b"\0", b" "))
    return found


async def test_env_takes_the_token_out_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value = make_token()
    monkeypatch.setenv("SLURM_JWT", value)
    first, second = make_provider("env"), make_provider("env")
    assert (await first.acquire()).value == value
    assert (await second.acquire()).value == value, "two clusters may share the variable"
    assert value not in inherited_environment()


async def test_env_without_a_token_says_which_variable() -> None:
    with pytest.raises(TokenMissing, match="MY_JWT"):
        await make_provider("env", variable="MY_JWT").acquire()


def write(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text)
    path.chmod(mode)


async def test_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path, old, new = tmp_path / "token", make_token(), make_token(jti="2")
    write(path, f"SLURM_JWT={old}\n")
    provider = make_provider("file", path=str(path))
    assert (await provider.acquire()).value == old
    replacement = tmp_path / "new"
    write(replacement, new)
    replacement.rename(path)
    assert (await provider.acquire()).value == new


async def test_file_removed_for_a_moment_does_not_lose_the_token(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write(path, make_token())
    provider = make_provider("file", path=str(path))
    token = await provider.acquire()
    path.unlink()
    assert await provider.acquire() == token


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
async def test_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token"
    write(path, make_token(), mode)
    provider = make_provider("file", path=str(path))
    with pytest.raises(SourceMisconfigured, match=f"chmod 600 {path}"):
        await provider.acquire()
    path.chmod(0o600)
    assert (await provider.acquire()).username == "alice"


async def test_file_that_is_expired_empty_or_absent_says_so(tmp_path: Path) -> None:
    path = tmp_path / "token"
    provider = make_provider("file", path=str(path))
    with pytest.raises(TokenMissing, match="does not exist"):
        await provider.acquire()
    write(path, "\n")
    with pytest.raises(TokenMissing, match="is empty"):
        await provider.acquire()
    write(path, make_token(lifetime=-5))
    with pytest.raises(TokenExpired, match="renews the file"):
        await provider.acquire()


async def test_file_that_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "token"
    os.mkfifo(path, 0o600)
    with pytest.raises(SourceMisconfigured, match="not a regular file"):
        await make_provider("file", path=str(path)).acquire()


async def test_file_of_another_user_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write(path, make_token("bob"))
    with pytest.raises(TokenRefused, match="belongs to bob"):
        await make_provider("file", path=str(path), username="alice").acquire()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_command_is_run_without_a_shell_and_without_the_hubs_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "the-hub-token")
    code = "import os; assert 'JUPYTERHUB_API_TOKEN' not in os.environ; "
    code += f"print('SLURM_JWT={make_token()}')"
    token = await make_provider("command", argv=[*python(code), "$(id)"]).acquire()
    assert token.username == "alice"


async def test_command_that_fails_is_quoted_without_its_tokens() -> None:
    value = make_token()
    code = f"import sys; sys.exit('no slurmctld here, token {value}')"
    with pytest.raises(SourceUnreachable, match=r"exit code 1.*no slurmctld here") as caught:
        await make_provider("command", argv=python(code)).acquire()
    assert value not in str(caught.value)


async def test_command_that_hangs_is_stopped_with_its_children() -> None:
    code = "import subprocess; subprocess.run(['sleep', '7.25'])"
    started = time.monotonic()
    with pytest.raises(SourceUnreachable, match=r"within 0\.5 s"):
        await make_provider("command", argv=python(code), timeout=0.5).acquire()
    assert time.monotonic() - started < 5
    assert not [command for command in running_commands() if b"sleep 7.25" in command]


@pytest.mark.parametrize("argv", ["scontrol token", []])
def test_command_must_be_a_list(argv: object) -> None:
    with pytest.raises(SourceMisconfigured, match="list of words"):
        make_provider("command", argv=argv)


async def test_command_that_does_not_exist_is_named() -> None:
    with pytest.raises(SourceUnreachable, match="/no/scontrol cannot be run"):
        await make_provider("command", argv=["/no/scontrol"]).acquire()


async def test_command_that_prints_something_else_is_malformed() -> None:
    with pytest.raises(TokenMalformed):
        await make_provider("command", argv=["echo", "hello"]).acquire()


async def test_paste_waits_for_a_token_and_takes_a_new_one() -> None:
    provider = make_provider("paste")
    with pytest.raises(TokenMissing) as caught:
        await provider.acquire()
    assert caught.value.action == "paste"
    provider.paste(f"SLURM_JWT={make_token('alice')}")
    assert (await provider.acquire()).username == "alice"
    provider.paste(make_token("bob"))
    assert (await provider.acquire()).username == "bob"
    with pytest.raises(TokenMalformed):
        provider.paste("nonsense")
    assert (await provider.acquire()).username == "bob"


async def test_pasting_roots_token_is_refused() -> None:
    provider = make_provider("paste")
    provider.paste(make_token("root"))
    with pytest.raises(TokenRefused):
        await provider.acquire()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("vault", {}, "Unknown token provider 'vault'"),
        ("file", {}, "needs the option 'path'"),
        ("file", {"path": "/x", "pth": "/y"}, "no option 'pth'"),
    ],
)
def test_a_wrong_configuration_is_named(name: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(TokenError, match=words):
        make_provider(name, **options)
