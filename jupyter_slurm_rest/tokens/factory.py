"""Makes a token provider from the name and options in the configuration."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import msgspec

from .errors import SourceMisconfigured
from .hub import HubSource, OidcSource
from .portal import PortalSource
from .provider import TokenProvider, TokenSource
from .sources import CommandSource, EnvSource, FileSource, PasteSource
from .users import ExpectedUser

SOURCES: dict[str, Callable[..., TokenSource]] = {
    "command": CommandSource,
    "env": EnvSource,
    "file": FileSource,
    "hub": HubSource,
    "oidc": OidcSource,
    "paste": PasteSource,
    "portal": PortalSource,
}


def default_provider_name(environ: Mapping[str, str] = os.environ) -> str:
    """The provider to use when none is configured."""
    if environ.get("JUPYTERHUB_API_TOKEN") and environ.get("JUPYTERHUB_API_URL"):
        return "hub"
    return "env" if environ.get("SLURM_JWT") else "paste"


def make_provider(
    name: str,
    *,
    username: str | None = None,
    deny: Iterable[str] = (),
    **options: object,
) -> TokenProvider:
    """Make the provider called ``name``; the empty name means the default one.

    ``username`` is the Slurm user that tokens must be for (default: the user of the first
    token), ``deny`` lists further names to refuse. The other options are those of the
    source's class. Raises SourceMisconfigured, naming the wrong option.
    """
    name = name or default_provider_name()
    source_class = SOURCES.get(name)
    if source_class is None:
        known = ", ".join(sorted(SOURCES))
        raise SourceMisconfigured(f"There is no token provider {name!r}. Known: {known}.")
    parameters = inspect.signature(source_class, eval_str=True).parameters
    if "username" in parameters and username is not None:
        options["username"] = username
    for option in options:
        if option not in parameters:
            known = ", ".join(parameters) or "none"
            raise SourceMisconfigured(
                f"The token provider {name!r} has no option {option!r}. Its options: {known}."
            )
    for option, parameter in parameters.items():
        if parameter.default is parameter.empty and option not in options:
            raise SourceMisconfigured(f"The token provider {name!r} needs the option {option!r}.")
    _check_kinds(name, parameters, options)
    return TokenProvider(source_class(**options), ExpectedUser(username, deny))


#: Types to check options against, by annotation; sources check other options themselves.
_KINDS: dict[Any, Any] = {
    str: str,
    str | None: str | None,
    int: Annotated[int, msgspec.Meta(gt=0)],
    float: Annotated[float, msgspec.Meta(gt=0, le=86_400)],
}


def _check_kinds(
    name: str, parameters: Mapping[str, inspect.Parameter], options: Mapping[str, object]
) -> None:
    for option, value in options.items():
        try:
            given = os.fspath(value) if isinstance(value, os.PathLike) else value
            if (kind := _KINDS.get(parameters[option].annotation)) is not None:
                msgspec.convert(given, kind)
        except msgspec.ValidationError as error:
            raise SourceMisconfigured(
                f"The option {option!r} of the token provider {name!r}: {error}."
            ) from None
