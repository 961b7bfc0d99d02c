"""One ``#SBATCH`` line, split into arguments exactly as sbatch splits it.

This is ``get_argument()`` of Slurm's src/sbatch/opt.c with its oddities: an argument
that comes out empty ends the line, and so does a word that is a component separator.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from .errors import ScriptError

#: isspace() of the C locale.
BLANKS = " \t\n\v\f\r"
_SEPARATORS = ("hetjob", "packjob")


class Token(msgspec.Struct, frozen=True):
    """An argument and where it stands: ``text[start:end]`` of its line, quotes and all."""

    value: str
    line: int
    start: int
    end: int

    @property
    def column(self) -> int:
        return self.start + 1


def skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in BLANKS:
        position += 1
    return position


def separator_end(text: str, position: int) -> int | None:
    """Where a component separator that starts at ``position`` ends."""
    for word in _SEPARATORS:
        end = position + len(word)
        if text[position:end].lower() == word and (end >= len(text) or text[end] in BLANKS):
            return end
    return None


def _argument(text: str, line: int, start: int) -> tuple[str | None, int]:
    """The argument at ``start`` (``None``: there is none) and where it ends."""
    value: list[str] = []
    quote = ""
    opened = position = start
    while position < len(text) and (quote or text[position] not in BLANKS):
        character = text[position]
        position += 1
        if character == "\\":
            # Quotes a following character, but outside of quotes no blank other than a space.
            if position < len(text) and (
                quote or text[position] == " " or text[position] not in BLANKS
            ):
                value.append(text[position])
                position += 1
        elif quote:
            if character == quote:
                quote = ""
            else:
                value.append(character)
        elif character in "\"'":
            quote, opened = character, position - 1
        elif character == "#":
            position -= 1
            break
        else:
            value.append(character)
    if quote:
        raise ScriptError(
            line, opened + 1, f"the quote {quote} is not closed.", advice=f"Add {quote} at its end."
        )
    return "".join(value) if value else None, position


def arguments(text: str, line: int, start: int) -> Iterator[Token]:
    """The arguments of a line from ``start`` on; stops where sbatch stops."""
    position = start
    while True:
        position = skip_blanks(text, position)
        if separator_end(text, position) is not None:
            return
        if text.startswith(":", position):
            raise ScriptError(
                line,
                position + 1,
                'an argument of a #SBATCH line cannot start with ":".',
                advice="Components of a heterogeneous job are separated by a line #SBATCH hetjob.",
            )
        value, end = _argument(text, line, position)
        if value is None:
            return
        yield Token(value, line, position, end)
        position = end


def ignored_from(text: str, start: int, tokens: list[Token]) -> int | None:
    """Where words begin that sbatch does not read although they are no comment."""
    position = skip_blanks(text, tokens[-1].end if tokens else start)
    if position < len(text) and text[position] != "#":
        return position
    return None
