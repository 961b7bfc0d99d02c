"""Values of options: counts, sizes, and words of a list.

Follows Slurm's src/common/proc_args.c and ``arg_set_*`` of src/common/slurm_opt.c.
"""

from __future__ import annotations

import re
import signal
from typing import Literal

import msgspec

_INT_MAX = 2**31 - 1
_UINT16_MAX = 2**16 - 3
#: Slurm's C library reads a number like this: blanks, a sign, decimal digits.
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)", re.ASCII)
_SIZE = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)(?:([kmgt])b?)?\Z", re.IGNORECASE | re.ASCII)
_NODES = re.compile(
    r"[ \t\n\v\f\r]*([+-]?[0-9]+)([km]{0,2})[ \t\n\v\f\r]*\Z", re.IGNORECASE | re.ASCII
)
_MIB = {"": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
#: MAX_JOB_SIZE_BITMAP of src/common/slurm_opt.h
_MAX_LISTED_NODES = 2**16


class NodeCount(msgspec.Struct, frozen=True):
    """``--nodes``: least and most nodes; ``sizes`` when only some counts will do."""

    least: int
    most: int
    sizes: str = ""

    def __str__(self) -> str:
        if self.sizes:
            return self.sizes
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"


def _integer(words: str) -> int:
    match = _NUMBER.match(words)
    if not match or match.end() != len(words):
        raise ValueError(f'"{words}" is not a whole number')
    return int(match[1])


def count(words: str) -> int:
    """A whole number of at least 1."""
    number = not_negative(words)
    if number < 1:
        raise ValueError(f'"{words}" is too small; write a whole number of at least 1')
    return number


def not_negative(words: str) -> int:
    """A whole number of at least 0."""
    number = _integer(words)
    if number < 0:
        raise ValueError(f'"{words}" is negative; write a whole number of at least 0')
    if number >= _INT_MAX:
        raise ValueError(f'"{words}" is larger than Slurm can count')
    return number


def small(words: str) -> int:
    """A whole number that fits in Slurm's 16 bits."""
    number = _integer(words)
    if not 0 <= number < _UINT16_MAX + 1:
        raise ValueError(f'"{words}" is out of range; write 0 to {_UINT16_MAX}')
    return number


def zero_or_one(words: str) -> int:
    """0 or 1."""
    number = _integer(words)
    if number not in (0, 1):
        raise ValueError(f'"{words}" is neither 0 nor 1')
    return number


def switch(words: str) -> int:
    """0 or 1, and 1 without a value."""
    return zero_or_one(words) if words else 1


def ports(words: str) -> int:
    """``--resv-ports[=count]``: 0 leaves the number to Slurm."""
    return not_negative(words) if words else 0


def mebibytes(words: str) -> int:
    """A size in MiB: ``4096``, ``4G``, ``4GB``, ``1T``; kibibytes are rounded up."""
    match = _SIZE.match(words)
    if not match or int(match[1]) < 0:
        raise ValueError(
            f'"{words}" is not an amount of memory; write a whole number and K, M, G or T '
            '("4G", "512M"; without a letter it is M)'
        )
    number, unit = int(match[1]), (match[2] or "").upper()
    size = -(-number // 1024) if unit == "K" else number * _MIB[unit]
    if size >= 2**62:
        raise ValueError(f'"{words}" is larger than Slurm can count')
    return size


def _one_node_count(words: str) -> int | None:
    match = _NODES.match(words)
    if not match or match[2].upper() not in ("", "K", "M", "KM"):
        raise ValueError
    factors = {"": 1, "K": 1024, "M": 1024**2, "KM": 1024**3}
    number = int(match[1]) * factors[match[2].upper()]
    return number if 0 <= number <= _INT_MAX else None


def _listed_node_counts(words: str) -> NodeCount:
    counts: set[int] = set()
    for part in words.split(","):
        match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6})(?::([0-9]{1,6}))?)?", part)
        if not match:
            raise ValueError
        first = int(match[1])
        last = int(match[2] or first)
        step = int(match[3] or 1)
        if last < first or last >= _MAX_LISTED_NODES or not step:
            raise ValueError
        counts.update(range(first, last + 1, step))
    return NodeCount(min(counts), max(counts), words)


def nodes(words: str) -> NodeCount:
    """``--nodes``: ``4``, ``2-4``, ``1k``, ``1,2,4`` or ``2-8:2``."""
    problem = f'"{words}" is not a number of nodes; write "4", "2-4", "1,2,4" or "2-8:2"'
    try:
        if "," in words or ":" in words:
            return _listed_node_counts(words)
        if "-" in words:
            low, _, high = words.partition("-")
            # As Slurm does it: nothing, or nothing countable, before the dash means 1.
            fewest = _one_node_count(low) if low.strip() else None
            most = _one_node_count(high)
            if most is None:
                raise ValueError
            least = 1 if fewest is None else fewest
        else:
            number = _one_node_count(words)
            if number is None:
                raise ValueError
            least = most = number
    except ValueError:
        raise ValueError(problem) from None
    if most and most < least:
        raise ValueError(f'"{words}" requests at least {least} but at most {most} nodes')
    return NodeCount(least, most)


def nice(words: str) -> int:
    """``--nice[=adjustment]``: 100 without a number."""
    if not words:
        return 100
    match = _NUMBER.match(words)
    # strtoll() takes what is not a number for 0; that is never what a user means.
    if not match or match.end() != len(words) or abs(int(match[1])) > _INT_MAX - 3:
        raise ValueError(f'"{words}" is not an adjustment; write a whole number')
    return int(match[1])


def priority(words: str) -> int | str:
    """``--priority``: a number or ``TOP``."""
    if words.upper() == "TOP":
        return "TOP"
    match = _NUMBER.match(words)
    if not match or match.end() != len(words) or not 0 <= int(match[1]) < 2**32 - 2:
        raise ValueError(f'"{words}" is not a priority; write a whole number of at least 0, or TOP')
    return int(match[1])


Sharing = Literal["none", "oversubscribe", "user", "mcs", "topo"]

#: ``--mail-type`` in sbatch's words, each with the bits that sbatch sets for it.
MAIL_TYPES: dict[str, tuple[str, ...]] = {
    "ARRAY_TASKS": ("ARRAY_TASKS",),
    "BEGIN": ("BEGIN",),
    "END": ("END",),
    "FAIL": ("FAIL",),
    "INVALID_DEPEND": ("INVALID_DEPEND",),
    "REQUEUE": ("REQUEUE",),
    "STAGE_OUT": ("STAGE_OUT",),
    "TIME_LIMIT": ("TIME_LIMIT",),
    "TIME_LIMIT_90": ("TIME_LIMIT_90",),
    "TIME_LIMIT_80": ("TIME_LIMIT_80",),
    "TIME_LIMIT_50": ("TIME_LIMIT_50",),
    "ALL": ("BEGIN", "END", "FAIL", "INVALID_DEPEND", "REQUEUE", "STAGE_OUT"),
}
_PROFILES = ("ENERGY", "LUSTRE", "NETWORK", "TASK")
#: The names that Slurm knows (src/common/proc_args.c) with the numbers of Linux.
_SIGNALS = "HUP INT QUIT ABRT KILL ALRM TERM CHLD USR1 USR2 PIPE URG CONT STOP TSTP TTIN TTOU XCPU"
_GRES_FLAGS = (
    "disable-binding",
    "enforce-binding",
    "multiple-tasks-per-sharing",
    "one-task-per-sharing",
)


def _one_of(words: str, choices: tuple[str, ...] | list[str]) -> str:
    return f'"{words}" is not known; write one of ' + ", ".join(choices)


def mail_type(words: str) -> list[str]:
    """``--mail-type``: the events; empty for ``NONE``. Unknown words are refused.

    sbatch drops unknown words when at least one is known; a user who mistyped one
    would wait for a mail that never comes.
    """
    events: list[str] = []
    for word in words.upper().split(","):
        if word == "NONE":
            return []
        if word and word not in MAIL_TYPES:
            raise ValueError(_one_of(word, ["NONE", *MAIL_TYPES]))
        events += [event for event in MAIL_TYPES.get(word, ()) if event not in events]
    if not events:
        raise ValueError(_one_of(words, ["NONE", *MAIL_TYPES]))
    return events


def profile(words: str) -> list[str]:
    """``--profile``: what to sample; ``["NONE"]`` for nothing."""
    upper = words.upper()
    if "NONE" in upper:
        return ["NONE"]
    chosen = [name for name in _PROFILES if name in upper or "ALL" in upper]
    if not chosen:
        raise ValueError(_one_of(words, ["none", "all", "energy", "lustre", "network", "task"]))
    return chosen


class EndWarning(msgspec.Struct, frozen=True):
    """``--signal``: which signal, how many seconds before the end, and to whom."""

    #: Slurm's name without ``SIG`` where it has one, else the number.
    signal: str
    seconds: int = 60
    #: Only to the batch shell, not to the steps.
    batch: bool = False
    #: Also when a higher-priority reservation takes the nodes.
    reservation: bool = False

    def __str__(self) -> str:
        whom = "R" * self.reservation + "B" * self.batch
        return f"{whom}{':' if whom else ''}{self.signal}@{self.seconds}"


def _signal_name(words: str) -> str:
    word = words.strip(" \t\n\v\f\r").upper()
    if re.fullmatch(r"[+-]?[0-9]+", word):
        number = int(word) & 0xFFFF
        if not number > 0:
            raise ValueError
        names = {int(getattr(signal, f"SIG{name}")): name for name in _SIGNALS.split()}
        return names.get(number, str(number))
    name = word.removeprefix("SIG")
    if name not in _SIGNALS.split():
        raise ValueError
    return name


def warning_signal(words: str) -> EndWarning:
    """``--signal=[{R|B}:]signal[@seconds]``."""
    match = re.fullmatch(r"(?i)(R?B?R?):?([^@]*)(?:@([0-9]+))?", words)
    try:
        if not match:
            raise ValueError
        flags = match[1].upper()
        seconds = int(match[3]) if match[3] else 60
        if seconds > 0xFFFF:
            raise ValueError
        return EndWarning(_signal_name(match[2]), seconds, "B" in flags, "R" in flags)
    except ValueError:
        raise ValueError(
            f'"{words}" is not a warning signal; write "USR1", "USR1@120" or "B:TERM@60" with '
            "one of " + ", ".join(_SIGNALS.split()) + ", and at most 65535 seconds"
        ) from None


def exclusive(words: str) -> Sharing:
    """``--exclusive[=user|mcs|topo]``."""
    meaning: dict[str, Sharing] = {
        "": "none",
        "exclusive": "none",
        "allocation": "none",
        "oversubscribe": "oversubscribe",
        "user": "user",
        "mcs": "mcs",
        "topo": "topo",
    }
    if words.lower() not in meaning:
        raise ValueError(_one_of(words, ["user", "mcs", "topo"]))
    return meaning[words.lower()]


def open_mode(words: str) -> str:
    """``--open-mode``: Slurm looks at the first letter only."""
    modes = {"a": "append", "t": "truncate"}
    if words[:1].lower() not in modes:
        raise ValueError(_one_of(words, ["append", "truncate"]))
    return modes[words[0].lower()]


def user_environment(words: str) -> bool:
    """``--get-user-env[=time][mode]``: that it is given is all that counts."""
    if not re.match(r"[ \t\n\v\f\r]*([+-]?[0-9]+)?([sSlL]|\Z)", words):
        raise ValueError(f'"{words}" is not a number of seconds followed by S or L')
    return True


def runtime(words: str) -> str:
    """``--runtime``: the full name of the plugin."""
    return words if words.startswith("runtime/") else f"runtime/{words}"


def no_kill(words: str) -> bool:
    """``--no-kill[=off]``: whether the job survives the failure of a node."""
    if words.lower() in ("", "set"):
        return True
    if words.lower() in ("off", "no"):
        return False
    raise ValueError(_one_of(words, ["set", "off"]))


def yes_or_no(words: str) -> bool:
    """``--kill-on-invalid-dep``."""
    if words.lower() not in ("yes", "no"):
        raise ValueError(_one_of(words, ["yes", "no"]))
    return words.lower() == "yes"


def requeue(words: str) -> bool | Literal["expedite"]:
    """``--requeue[=expedite]``."""
    if words.lower() not in ("", "expedite"):
        raise ValueError(_one_of(words, ["expedite"]))
    return "expedite" if words else True


def gres_flags(words: str) -> list[str]:
    """``--gres-flags``."""
    flags = [word for word in words.lower().split(",") if word]
    for flag in flags:
        if flag == "allow-task-sharing":
            raise ValueError('"allow-task-sharing" is only for srun')
        if flag not in _GRES_FLAGS:
            raise ValueError(_one_of(flag, _GRES_FLAGS))
    for pair in (_GRES_FLAGS[:2], _GRES_FLAGS[2:]):
        if set(pair) <= set(flags):
            raise ValueError(f'"{pair[0]}" and "{pair[1]}" are mutually exclusive')
    return flags


def file_name(words: str) -> str:
    """``--output`` and its like: ``none`` means nowhere."""
    return "/dev/null" if words.lower() == "none" else words


def rlimits(words: str) -> list[str]:
    """``--propagate[=rlimits]``: names of limits (``NOFILE``), or ``ALL`` or ``NONE``."""
    known = ["CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS"]
    if words in ("", "ALL"):
        return known
    if words == "NONE":
        return []
    names = [name.removeprefix("RLIMIT_") for name in re.split(r"[, \t\n]+", words) if name]
    for name in names:
        if name not in known:
            raise ValueError(_one_of(name, ["ALL", "NONE", *known]))
    return names
