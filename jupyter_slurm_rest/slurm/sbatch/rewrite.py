"""Changing options in a script's own ``#SBATCH`` lines, and nothing else in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from jupyter_slurm_rest.slurm.errors import InvalidRequest

from .lexer import BLANKS, Setting, Word
from .option import Option
from .options import BY_FIELD
from .precedence import Value
from .script import ParsedScript, read

#: Words that mean the same to sbatch without quotes.
_PLAIN = re.compile(r"(?!:|(?:het|pack)job\Z)[^\s\"'\\#]+\Z", re.IGNORECASE)


def quoted(words: str) -> str:
    """``words`` as one argument of a ``#SBATCH`` line."""
    if _PLAIN.match(words):
        return words
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _spelled(option: Option, words: str | None) -> str:
    return f"--{option.name}" + (f"={quoted(words)}" if words is not None else "")


class _Edits:
    """Replacements of words, applied to the lines at the end."""

    def __init__(self) -> None:
        self.by_line: dict[int, list[tuple[int, int, str]]] = {}

    def replace(self, word: Word, text: str) -> None:
        self.by_line.setdefault(word.line, []).append((word.start, word.end, text))

    def apply(self, number: int, line: str) -> str | None:
        """The line after its edits; ``None`` when nothing of it is left."""
        emptied = False
        for start, end, text in sorted(self.by_line[number], reverse=True):
            if not text:
                emptied = True
                # The blanks before a removed argument go with it.
                while start and line[start - 1] in BLANKS:
                    start -= 1
            line = line[:start] + text + line[end:]
        rest = re.sub(r"^#(SBATCH|SLURM)", "", line).strip(BLANKS)
        if not emptied or (rest and not rest.startswith("#")):
            return line
        # A comment that stood behind the options stays one.
        return "# " + rest.lstrip("#" + BLANKS) if rest.strip("#" + BLANKS) else None


def _change_in_place(setting: Setting, words: str | None, raw: str, edits: _Edits) -> None:
    """Give ``setting`` other words, in the spelling ``raw`` that it has."""
    option, first = setting.option, setting.words[0]
    value = None if words is None else quoted(words)
    if len(setting.words) == 2 and value is not None:
        edits.replace(setting.words[1], value)
        return
    for word in setting.words[1:]:
        edits.replace(word, "")
    name = re.match(r"--[a-z-]+(?==|\Z)", raw)
    letter = re.match(r"-[A-Za-z](?=.)", raw)
    if value is not None and words and letter and not name:
        edits.replace(first, letter[0] + value)
    elif name:
        edits.replace(first, name[0] + (f"={value}" if value is not None else ""))
    else:
        edits.replace(first, _spelled(option, words))


def _words(option: Option, value: Value) -> str | None:
    """The words to write behind the option; ``None`` for none."""
    if value is True:
        if option.argument == "required":
            raise InvalidRequest(option.field, f"--{option.name} needs a value.")
        return None
    words = str(value)
    if option.argument == "none":
        raise InvalidRequest(
            option.field, f"--{option.name} does not take a value; use true or false."
        )
    if re.search(r"[\n\0]", words):
        raise InvalidRequest(option.field, f"--{option.name} cannot contain a line break.")
    return words


def _insert(lines: list[str | None], script: ParsedScript, new: list[str]) -> None:
    """Put new lines behind the last directive of the first component."""
    directives = script.components[0].directives
    ended = any(word.value == "--" for line in directives for word in line.words)
    # Nothing may follow "--"; and the first line is the interpreter's.
    after = directives[-1].number if directives and not ended else 1
    lines[after:after] = [f"#SBATCH {text}" for text in new]


def rewrite(text: str, changes: Mapping[str, Value]) -> str:
    """The script with the options of ``changes`` set (``None``, ``""``, ``False``: removed).

    Comments, order and all other lines stay as they are; of a heterogeneous job the
    first component is changed. Values are not checked here. Raises
    :exc:`ScriptError` for a script that cannot be read and :exc:`InvalidRequest` for
    an option that sbatch does not have.
    """
    script = read(text)
    settings = script.components[0].settings
    lines: list[str | None] = list(text.split("\n"))
    by_number = {line.number: line.text for line in script.components[0].directives}
    edits = _Edits()
    new: list[str] = []
    shared: dict[Word, list[tuple[Setting, str | None, bool]]] = {}
    last = {setting.option.field: setting for setting in settings}
    wanted: dict[str, tuple[bool, str | None]] = {}
    for field, value in changes.items():
        option = BY_FIELD.get(field)
        if option is None or option.early:
            raise InvalidRequest(field[:60], f'sbatch has no option "{field[:60]}".')
        keep = value not in (None, "", False)
        words = _words(option, value) if keep else None
        wanted[field] = (keep, words)
        if keep and field not in last:
            new.append(_spelled(option, words))
    together = _together(settings)
    for setting in settings:
        field = setting.option.field
        first = setting.words[0]
        keep, words = wanted.get(field, (True, setting.value))
        keep = keep and (field not in wanted or setting is last[field])
        if first in together:
            shared.setdefault(first, []).append((setting, words, keep))
        elif not keep:
            for word in setting.words:
                edits.replace(word, "")
        elif words != setting.value:
            raw = by_number[first.line][first.start : first.end]
            _change_in_place(setting, words, raw, edits)
    _respell(shared, wanted, edits)
    for number in edits.by_line:
        lines[number - 1] = edits.apply(number, by_number[number])
    # Removed lines are dropped only after the insertion, which counts them.
    _insert(lines, script, new)
    return "\n".join(line for line in lines if line is not None)


def _together(settings: list[Setting]) -> set[Word]:
    """Arguments that set several options: ``-Hn4``."""
    times = Counter(setting.words[0] for setting in settings)
    return {word for word, number in times.items() if number > 1}


def _respell(
    shared: dict[Word, list[tuple[Setting, str | None, bool]]],
    wanted: Mapping[str, object],
    edits: _Edits,
) -> None:
    for word, members in shared.items():
        if any(setting.option.field in wanted for setting, _, _ in members):
            kept = [_spelled(setting.option, words) for setting, words, keep in members if keep]
            edits.replace(word, " ".join(kept))
            for setting, _, _ in members:
                for value in setting.words[1:]:
                    edits.replace(value, "")
