"""sbatch's side of a submission: reading scripts, options and their values."""

from __future__ import annotations

from jupyter_slurm_rest.slurm.errors import ScriptError

from .jobspec import JobSpec, Submitter
from .option import Option
from .options import OPTIONS
from .precedence import merge, options_of
from .rewrite import rewrite
from .script import ParsedScript, check_text
from .script import read as parse_script

__all__ = [
    "OPTIONS",
    "JobSpec",
    "Option",
    "ParsedScript",
    "ScriptError",
    "Submitter",
    "check_text",
    "merge",
    "options_of",
    "parse_script",
    "rewrite",
]
