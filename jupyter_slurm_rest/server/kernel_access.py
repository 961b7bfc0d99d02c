"""How kernels and scripts of the same user find this server and authenticate to it.

The server writes ``slurm-rest-<pid>.json`` into Jupyter's runtime folder, readable by its
user only: its address, its certificate, and a secret that is valid for the routes of this
extension and for nothing else. So servers with a password, or with a certificate of their own,
need no further settings.
"""

from __future__ import annotations

import atexit
import contextlib
import getpass
import hmac
import json
import os
import re
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import secure_write
from jupyter_server.auth import IdentityProvider, User

if TYPE_CHECKING:
    from jupyter_server.base.handlers import JupyterHandler
    from jupyter_server.serverapp import ServerApp

#: The scheme of the header ``Authorization``.
SCHEME = "slurm-rest"
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)


class KernelAccess(IdentityProvider):
    """The secret, the file that tells it, and whom a request with it comes from: the owner."""

    def __init__(self, owner: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._owner = owner
        self._secret = secrets.token_hex(32)
        self._file: Path | None = None

    def accepts(self, authorization: str) -> bool:
        """Whether a request's header ``Authorization`` has the secret."""
        scheme, _, given = authorization.partition(" ")
        return scheme.lower() == SCHEME and hmac.compare_digest(
            given.strip().encode(), self._secret.encode()
        )

    def get_user(self, handler: JupyterHandler) -> User:  # type: ignore[override]
        """The server's owner; asked only for requests that were accepted."""
        return User(self._owner or getpass.getuser())

    def is_token_authenticated(self, handler: object) -> bool:
        """No browser sends the secret by itself: there is nothing for XSRF to use."""
        return True

    def publish(self, server: ServerApp) -> None:
        """Write the file, once the server listens."""
        info = server.server_info()
        path = Path(server.runtime_dir) / f"slurm-rest-{os.getpid()}.json"
        contents = {
            **{name: info[name] for name in _PUBLISHED},
            "host": socket.gethostname(),
            "certificate": _certificate(server.certfile),
            "secret": self._secret,
        }
        try:
            # Jupyter's own way: 0600 from the beginning.
            with secure_write(str(path)) as file:
                json.dump(contents, file)
        except OSError as error:
            server.log.warning("Kernels cannot find this server by %s: %s", path, error.strerror)
            return
        self._file = path
        atexit.register(self.withdraw)

    def withdraw(self) -> None:
        """Remove the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)
            self._file = None
            atexit.unregister(self.withdraw)


#: What the file has of Jupyter's own description of a server.
_PUBLISHED = ("url", "hostname", "port", "sock", "secure", "base_url", "pid")


def _certificate(file: str) -> str:
    """The server's own certificate, the first in ``file``, which may also hold its key."""
    if not file:
        return ""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        found = _CERTIFICATE.search(Path(file).read_text(encoding="ascii"))
        return found[0] if found else ""
    return ""
