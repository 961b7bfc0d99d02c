"""A batch script as sbatch reads it: which lines count, and what they set.

Follows ``_get_script_buffer()`` of Slurm's src/sbatch/sbatch.c and
``_opt_batch_script()`` of src/sbatch/opt.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from jupyter_slurm_rest.slurm.errors import ScriptError

from .lexer import (
    BLANKS,
    Setting,
    Word,
    arguments,
    ignored_from,
    separator_end,
    settings,
    skip_blanks,
)

_MARKS = ("#SBATCH", "#SLURM")
#: Lines of other batch systems, which sbatch translates after its own.
_FOREIGN_MARKS = ("#PBS", "#BSUB")
#: sbatch stops looking for them after this many lines that are not comments.
_FOREIGN_SEARCH = 100

#: Slurm's own limit (MAX_HET_JOB_COMPONENTS), then limits of our own, far above usual
#: scripts: reading a script must not block the server.
MAX_COMPONENTS = 128
MAX_OPTIONS = 2_000
MAX_CHARACTERS = 256 * 1024

#: Lines that are blank or a comment.
_NOTHING = re.compile(r"(?:(?:[ \t\v\f\r]+#.*|#(?!SBATCH|SLURM).*|[ \t\v\f\r]*)\n)+")


class Directive(msgspec.Struct, frozen=True):
    """One ``#SBATCH`` line: ``text`` is line ``number`` without its end."""

    number: int
    text: str
    words: tuple[Word, ...]


class Component(msgspec.Struct):
    """The directives of one component of a (heterogeneous) job, and what they set."""

    directives: list[Directive] = []
    settings: list[Setting] = []


class ParsedScript(msgspec.Struct):
    """A parsed script. ``components`` has at least one entry."""

    text: str
    components: list[Component]
    #: Sentences about lines that sbatch reads otherwise than they look.
    warnings: list[str]


def check_text(text: str) -> None:
    """Raise :exc:`ScriptError` for a text that sbatch refuses to send."""
    if not text:
        raise ScriptError(1, 1, "the batch script is empty.", advice=_INTERPRETER)
    if not text.strip(BLANKS):
        raise ScriptError(1, 1, "the batch script contains only whitespace.", advice=_INTERPRETER)
    if not text.startswith("#!"):
        raise ScriptError(
            1,
            1,
            "a batch script must start with #! and the path of an interpreter.",
            advice=_INTERPRETER,
        )
    for needle, what, advice in (
        ("\0", "Slurm does not accept a script with a NUL character.", ""),
        (
            "\r\n",
            "the script has DOS line endings, which sbatch rejects.",
            "Save it with UNIX line endings (LF).",
        ),
    ):
        found = text.find(needle)
        if found >= 0:
            raise ScriptError(*_place(text, found), what, advice=advice)
    if not text.isascii() and (surrogate := re.search("[\ud800-\udfff]", text)):
        raise ScriptError(*_place(text, surrogate.start()), "this is not a Unicode character.")


_INTERPRETER = "Write #!/bin/bash as the first line."


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _settings(directives: list[Directive]) -> list[Setting]:
    """The options that these lines set. Raises :exc:`ScriptError`."""
    words = [word for directive in directives for word in directive.words]
    found = list(islice(settings(words), MAX_OPTIONS + 1))
    if len(found) > MAX_OPTIONS:
        raise ScriptError(
            found[-1].line, 1, f"one job has at most {MAX_OPTIONS:,} options.", field="script"
        )
    return found


def _lines(text: str) -> Iterator[str]:
    """Line by line, as far as they are wanted."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _directive_lines(text: str) -> Iterator[tuple[int, str, int]]:
    """Number, text and start of the arguments of each line that sbatch looks at."""
    number, start = 1, 0
    while start <= len(text):
        if skipped := _NOTHING.match(text, start):
            number += text.count("\n", start, skipped.end())
            start = skipped.end()
        end = text.find("\n", start)
        line = text[start:] if end < 0 else text[start:end]
        prefix = next((prefix for prefix in _MARKS if line.startswith(prefix)), None)
        if prefix:
            yield number, line, len(prefix)
        elif line.strip(BLANKS) and not line.lstrip(BLANKS).startswith("#"):
            return
        if end < 0:
            return
        number, start = number + 1, end + 1


def _refuse_foreign(text: str, ignore: bool) -> None:
    """sbatch would apply ``#PBS`` and ``#BSUB`` lines on top of its own options."""
    if not any(f"\n{prefix}" in text for prefix in _FOREIGN_MARKS):
        return
    others = 0
    for number, line in enumerate(_lines(text), start=1):
        if line.startswith(_FOREIGN_MARKS):
            prefix = line[:5].rstrip(BLANKS)
            if not ignore:
                raise ScriptError(
                    number,
                    1,
                    f"sbatch translates {prefix} lines, but this extension cannot.",
                    field="ignore_pbs",
                    advice="Write them as #SBATCH lines, or add #SBATCH --ignore-pbs "
                    "to leave them out.",
                )
            return
        others += not line.startswith("#")
        if others > _FOREIGN_SEARCH:
            return


def _remarks(line: str, number: int, start: int, words: list[Word]) -> Iterator[str]:
    if line.startswith("#SLURM"):
        yield f"Line {number}: #SLURM is an old spelling; write #SBATCH."
    ignored = ignored_from(line, start, words)
    if ignored is not None:
        rest = line[ignored : ignored + 60]
        if separator_end(rest, 0) is None or rest[7:].strip(BLANKS):
            yield f'Line {number}: sbatch does not read the rest of this line, "{rest}".'


def read(text: str) -> ParsedScript:
    """Parse a script.

    Raises :exc:`ScriptError` for whatever sbatch would refuse, and for lines of other
    batch systems, which are not translated here.
    """
    check_text(text)
    script = ParsedScript(text, [Component()], [])
    characters = 0
    for number, line, start in _directive_lines(text):
        characters += len(line)
        if characters > MAX_CHARACTERS:
            raise ScriptError(
                number,
                1,
                f"the #SBATCH lines have more than {MAX_CHARACTERS:,} characters.",
                field="script",
                advice="Store long lists in files.",
            )
        position = skip_blanks(line, start)
        separator = separator_end(line, position)
        if separator is not None:
            if len(script.components) == MAX_COMPONENTS:
                raise ScriptError(
                    number,
                    1,
                    f"A heterogeneous job can have at most {MAX_COMPONENTS} components.",
                    field="script",
                )
            script.components.append(Component())
        words = list(arguments(line, number, position))
        script.warnings += _remarks(line, number, position, words)
        script.components[-1].directives.append(Directive(number, line, tuple(words)))
    for component in script.components:
        component.settings = _settings(component.directives)
    named = {setting.option.name for part in script.components for setting in part.settings}
    _refuse_foreign(text, "ignore-pbs" in named)
    return script
