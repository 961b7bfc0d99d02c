"""Options whose value is one of a few words, or a list of them."""

from __future__ import annotations

import re
import signal
from typing import Literal

import msgspec

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

    sbatch drops unknown words when at least one is known; a person who mistyped one
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
        raise ValueError(f'"{words}" is not a number of seconds with S or L behind it')
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
            raise ValueError(f'"{pair[0]}" and "{pair[1]}" exclude each other')
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
