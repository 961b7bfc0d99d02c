"""The JupyterHub service that hands out Slurm tokens. Runs beside the hub, never in a
person's server."""
