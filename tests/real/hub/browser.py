"""A user's browser at a JupyterHub: logs in, starts and uses servers, keeps cookies."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

API = "jupyter-slurm-rest/"


class Browser:
    """One user's browser session at one hub."""

    def __init__(self, hub_url: str, user: str) -> None:
        self.user = user
        self.pages: list[str] = []
        self._client = httpx.Client(
            base_url=hub_url,
            follow_redirects=True,
            timeout=60,
            event_hooks={"response": [self._keep]},
        )

    def close(self) -> None:
        self._client.close()

    def _keep(self, response: httpx.Response) -> None:
        response.read()
        self.pages.append(response.text)

    def login(self, password: str) -> None:
        """Log in with the hub's own form."""
        self._client.get("/hub/login")
        form = {"username": self.user, "password": password, "_xsrf": self._xsrf("/hub/")}
        # Without a next page the hub would start a server at once.
        page = {"next": "/hub/home"}
        response = self._client.post("/hub/login", params=page, data=form)
        assert response.status_code == 200, response.text
        assert "/hub/login" not in str(response.url), "the password was not accepted"

    def start_server(self, name: str = "") -> None:
        """Start a server and log in there, as opening it in a browser does."""
        response = self.hub("POST", f"users/{self.user}/servers/{name}" if name else self._default)
        assert response.status_code in (201, 202), response.text
        deadline = time.monotonic() + 60
        while not self._ready(name):
            assert time.monotonic() < deadline, f"{self.user}'s server {name!r} did not start"
            time.sleep(0.2)
        # Any page: it sends the browser to the hub and back for the server's cookie.
        self._client.get(self.base(name) + "api/me")
        self._client.get(self.base(name) + "lab")

    @property
    def _default(self) -> str:
        return f"users/{self.user}/server"

    def stop_server(self, name: str = "") -> None:
        """Stop a server and wait until it is gone."""
        path = f"users/{self.user}/servers/{name}" if name else self._default
        assert self.hub("DELETE", path).status_code in (202, 204)
        deadline = time.monotonic() + 30
        while self._known(name):
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def hub(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the hub's API as this user."""
        headers = {"X-XSRFToken": self._xsrf("/hub/")}
        return self._client.request(method, f"/hub/api/{path}", headers=headers, **more)

    def visit(self, owner: str) -> None:
        """Open another user's server: the hub asks whether that server may know us."""
        response = self._client.get(f"/user/{owner}/lab")
        if "/oauth2/authorize" in response.url.path:
            fields = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', response.text)
            form: dict[str, list[str]] = {}
            for name, value in fields:
                form.setdefault(name, []).append(value)
            form["_xsrf"] = [self._xsrf("/hub/")]
            self._client.post(response.url, data=form, headers={"Referer": str(response.url)})

    def raw(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Request any page of the hub."""
        return self._client.request(method, path, **more)

    def base(self, name: str = "", owner: str = "") -> str:
        """Base URL of a server; by default one's own."""
        return f"/user/{owner or self.user}/" + (f"{name}/" if name else "")

    def server(
        self, method: str, path: str, *, name: str = "", owner: str = "", **more: Any
    ) -> httpx.Response:
        """Call a server (by default one's own) with this user's cookies."""
        base = self.base(name, owner)
        headers = {"X-XSRFToken": self._xsrf(base), **more.pop("headers", {})}
        return self._client.request(method, base + path, headers=headers, **more)

    def slurm(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call the Slurm extension of a server."""
        return self.server(method, API + path, **more)

    def _ready(self, name: str) -> bool:
        servers = self.hub("GET", f"users/{self.user}").json()["servers"]
        return bool(servers.get(name, {}).get("ready"))

    def _known(self, name: str) -> bool:
        server = self.hub("GET", f"users/{self.user}").json()["servers"].get(name)
        return bool(server and not server.get("stopped", False))

    def _xsrf(self, path: str) -> str:
        """The XSRF cookie that a page under ``path`` could read."""
        jar = [cookie for cookie in self._client.cookies.jar if cookie.name == "_xsrf"]
        fitting = [cookie for cookie in jar if urlsplit(path).path.startswith(cookie.path)]
        best = max(fitting, key=lambda cookie: len(cookie.path), default=None)
        return (best.value if best else "") or ""
