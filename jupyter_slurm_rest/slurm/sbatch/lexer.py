"""Split ``#SBATCH`` lines into arguments, and arguments into options, as sbatch does.

This is ``get_argument()`` of Slurm's src/sbatch/opt.c with its oddities: an argument
that comes out empty ends the line, and so does a separator of components.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

import msgspec

from jupyter_slurm_rest.slurm.errors import Replacement, ScriptError

from .option import Option
from .options import BY_LETTER, BY_NAME, OPTIONS, REMOVED

#: isspace() of the C locale.
BLANKS = " \t\n\v\f\r"
_SEPARATORS = ("hetjob", "packjob")


class Word(msgspec.Struct, frozen=True):
    """An argument and where it stands: ``text[start:end]`` of its line, quotes and all."""

    value: str
    line: int
    start: int
    end: int

    @property
    def column(self) -> int:
        return self.start + 1

    @property
    def unquoted(self) -> bool:
        """Whether it is written as it is."""
        return self.end - self.start == len(self.value)


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
            line,
            opened + 1,
            f"the closing quotation mark {quote} is missing.",
            advice=f"Add {quote} at its end.",
        )
    return "".join(value) if value else None, position


def arguments(text: str, line: int, start: int) -> Iterator[Word]:
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
        yield Word(value, line, position, end)
        position = end


def ignored_from(text: str, start: int, words: list[Word]) -> int | None:
    """Where words begin that sbatch does not read although they are not a comment."""
    position = skip_blanks(text, words[-1].end if words else start)
    if position < len(text) and text[position] != "#":
        return position
    return None


class Setting(msgspec.Struct, frozen=True):
    """An option as written: its value (``None``: none given) and its words on the line."""

    option: Option
    value: str | None
    words: tuple[Word, ...]

    @property
    def line(self) -> int:
        return self.words[0].line

    @property
    def column(self) -> int:
        return self.words[0].column


def _unknown(word: Word, name: str) -> ScriptError:
    if name in REMOVED:
        return _error(word, f"sbatch no longer has the option --{name}: {REMOVED[name]}.")
    written = f"--{name}" if len(name) > 1 else f"-{name}"
    close = difflib.get_close_matches(name, BY_NAME, 1, 0.75) if len(name) > 1 else []
    replacement = None
    if close and word.unquoted:
        replacement = Replacement(word.column, word.column + len(written), f"--{close[0]}")
    return _error(
        word,
        f"sbatch has no option {written}.",
        advice=f"Did you mean --{close[0]}?"
        if close
        else "Options that a site adds to sbatch by plugins cannot be sent through slurmrestd.",
        replacement=replacement,
    )


def _error(
    word: Word,
    message: str,
    option: Option | None = None,
    advice: str = "",
    replacement: Replacement | None = None,
) -> ScriptError:
    return ScriptError(
        word.line,
        word.column,
        message,
        field=option.field if option else "script",
        advice=advice,
        replacement=replacement,
    )


def _long_option(word: Word, name: str) -> Option:
    if name in BY_NAME:
        return BY_NAME[name]
    found = [option for option in OPTIONS if option.name.startswith(name)]
    # Prefixes of several options are fine when these are the same option.
    kinds = {(option.argument, option.short or option.field) for option in found}
    if not found or not name:
        raise _unknown(word, name)
    if len(kinds) > 1:
        names = ", ".join(f"--{option.name}" for option in found)
        raise _error(word, f"--{name} is ambiguous: {names}. Use the full name.")
    return found[0]


def _value_after(
    words: Sequence[Word], index: int, word: Word, option: Option, written: str
) -> Word:
    if index >= len(words):
        raise _error(word, f"{written} needs a value.", option)
    return words[index]


def _long(words: Sequence[Word], index: int) -> tuple[Setting, int]:
    word = words[index]
    name, equals, value = word.value[2:].partition("=")
    option = _long_option(word, name)
    if equals:
        if option.argument == "none":
            raise _error(word, f"--{option.name} does not take a value.", option)
        return Setting(option, value, (word,)), index + 1
    if option.argument != "required":
        return Setting(option, None, (word,)), index + 1
    follower = _value_after(words, index + 1, word, option, f"--{option.name}")
    return Setting(option, follower.value, (word, follower)), index + 2


def _short(words: Sequence[Word], index: int) -> tuple[list[Setting], int]:
    word = words[index]
    settings: list[Setting] = []
    letters = word.value[1:]
    for place, letter in enumerate(letters):
        option = BY_LETTER.get(letter)
        if option is None:
            raise _unknown(word, letter)
        if option.argument == "none":
            settings.append(Setting(option, None, (word,)))
            continue
        rest = letters[place + 1 :]
        if rest or option.argument == "optional":
            settings.append(Setting(option, rest or None, (word,)))
            return settings, index + 1
        follower = _value_after(words, index + 1, word, option, f"-{letter}")
        settings.append(Setting(option, follower.value, (word, follower)))
        return settings, index + 2
    return settings, index + 1


def leading_options(words: Sequence[Word], index: int = 0) -> Iterator[tuple[list[Setting], int]]:
    """The options that ``words`` begin with, each with where the next one would start.

    Raises :exc:`ScriptError`. A ``--`` ends them; it comes without settings.
    """
    while index < len(words):
        value = words[index].value
        if value == "--":
            yield [], index + 1
            return
        if value.startswith("--"):
            setting, index = _long(words, index)
            yield [setting], index
        elif value.startswith("-") and value != "-":
            several, index = _short(words, index)
            yield several, index
        else:
            return


def settings(words: Sequence[Word]) -> Iterator[Setting]:
    """The options that ``words`` set, in order. Raises :exc:`ScriptError`."""
    index = 0
    for several, following in leading_options(words):
        index = following
        yield from several
    if index < len(words):
        word = words[index]
        raise _error(
            word,
            f'"{word.value[:60]}" is not an option.',
            advice="Options start with - or --. Quote values that contain spaces. Start"
            " comments with #.",
        )
