"""Which slurmrestd is meant, as a site writes it down."""

from __future__ import annotations

from typing import Annotated

import msgspec

from .transport import Limits, Transport

ApiVersion = Annotated[str, msgspec.Meta(pattern=r"^v0\.0\.[0-9]{2,3}$")]
#: At most a day; infinity is no time that a socket can wait.
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class Slurmrestd(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a slurmrestd is, and how it is asked."""

    #: ``http(s)://host:port[/prefix]`` or ``unix:///path/to.socket``.
    url: str
    #: File with the certificate authorities to trust. Default: the system's.
    ca: str | None = None
    #: Client certificate and its key, PEM files.
    cert: str | None = None
    key: str | None = None
    #: HTTP proxy to slurmrestd; the environment's ``HTTP_PROXY`` is not used.
    proxy: str | None = None
    #: Pins the API version. Default: the newest that both sides know.
    api_version: ApiVersion | None = None
    #: Seconds that one answer may take.
    timeout: Seconds = 60.0

    def transport(self) -> Transport:
        """The way there; nothing is asked yet.

        Raises :exc:`~jupyter_slurm_rest.slurm.errors.InvalidRequest`, which names the field.
        """
        return Transport(
            self.url,
            ca=self.ca,
            cert=self.cert,
            key=self.key,
            proxy=self.proxy,
            limits=Limits(total=self.timeout),
        )
