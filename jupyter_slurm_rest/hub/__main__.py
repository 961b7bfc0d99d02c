"""``python -m jupyter_slurm_rest.hub``."""

from .app import SlurmTokenService

SlurmTokenService.launch_instance()
