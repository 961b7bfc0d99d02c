"""The JupyterHub service that issues Slurm tokens. Runs beside the hub, never in a user's
server."""
