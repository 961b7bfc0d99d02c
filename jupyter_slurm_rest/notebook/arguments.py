"""The words after ``%slurm``: split as a shell does, parsed by argparse, errors as our own."""

from __future__ import annotations

import argparse
import difflib
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from .errors import SlurmMagicError

if TYPE_CHECKING:
    from .session import Session

_HELP = ("-h", "--help")


def split(line: str) -> list[str]:
    """The words of ``line``, with quotes and backslashes as in a shell."""
    try:
        return shlex.split(line)
    except ValueError:
        raise SlurmMagicError(
            "A quotation mark is not closed, or the line ends with a backslash.",
            "Close it, or write \\' for a plain one.",
        ) from None


@dataclass(frozen=True)
class Argument:
    """An argument of a command, as for ``ArgumentParser.add_argument``."""

    names: tuple[str, ...]
    settings: dict[str, Any]
    #: What its value names, for completion: ``state``, ``partition``, ``job``, ...
    completes: str


def option(*names: str, completes: str = "", **settings: Any) -> Argument:
    """An option or a positional argument."""
    return Argument(names, settings, completes)


CLUSTER = option(
    "-M",
    "--cluster",
    "--clusters",
    completes="cluster",
    help="The cluster to use. Default: the first one.",
)
FRAME = option("--frame", action="store_true", help="Return a pandas DataFrame.")
DEBUG = option("--debug", action="store_true", help="Show where in the code an error comes from.")
JOB = option("--job", metavar="NAME", help="Also assign the job to this variable.")
IDS = option("ids", nargs="+", metavar="ID", completes="job", help="Job IDs, such as 123 or 123_4.")
ID = option("id", metavar="ID", completes="job", help="Job ID, such as 123, 123_4 or 123+1.")


class CommandParser(argparse.ArgumentParser):
    """Raises :exc:`SlurmMagicError` where argparse would end the program."""

    def error(self, message: str) -> NoReturn:
        """Raise ``message``."""
        raise SlurmMagicError(
            f"{self.prog}: {message.rstrip('.')}.", f"Run {self.prog} --help to see its options."
        )

    def parse(self, words: list[str]) -> argparse.Namespace:
        """``words``, all of them."""
        args, rest = self.parse_known_args(words)
        unknown = next((word for word in rest if word.startswith("-")), "")
        if unknown:
            name = unknown.partition("=")[0]
            near = difflib.get_close_matches(name, self._option_string_actions, n=2)
            meant = f" (did you mean {' or '.join(near)}?)" if near else ""
            self.error(f"there is no option {name}{meant}")
        if rest:
            self.error(f"{' '.join(rest)!r} is an unexpected argument")
        return args


@dataclass(frozen=True)
class Command:
    """A command of ``%slurm``."""

    name: str
    about: str
    arguments: tuple[Argument, ...]
    function: Callable[[Session, argparse.Namespace], Any]

    def parser(self, magic: str = "") -> CommandParser:
        """Its parser; ``magic`` is what was written to run it."""
        parser = CommandParser(
            prog=magic or f"%slurm {self.name}", description=self.about, add_help=False
        )
        for argument in (*self.arguments, DEBUG):
            parser.add_argument(*argument.names, **argument.settings)
        return parser

    def run(self, session: Session, words: list[str], magic: str = "") -> Any:
        """Parse ``words`` and run the command, or print its help."""
        parser = self.parser(magic)
        if any(word in _HELP for word in words):
            print(parser.format_help().rstrip())
            return None
        return self.function(session, parser.parse(words))

    def completes(self, name: str) -> str:
        """What the value of the option ``name`` names; empty: nothing known."""
        found = [argument for argument in self.arguments if name in argument.names]
        return found[0].completes if found else ""

    def flags(self) -> set[str]:
        """The options that take no value."""
        return {
            name
            for argument in self.arguments
            if argument.settings.get("action") == "store_true"
            for name in argument.names
        }


def command(
    *arguments: Argument,
) -> Callable[[Callable[[Session, argparse.Namespace], Any]], Command]:
    """Turn a function into a :class:`Command` of its name; its docstring is the help."""

    def decorate(function: Callable[[Session, argparse.Namespace], Any]) -> Command:
        about = " ".join((function.__doc__ or "").split())
        return Command(function.__name__, about, arguments, function)

    return decorate
