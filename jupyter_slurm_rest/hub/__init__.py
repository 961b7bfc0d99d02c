"""The JupyterHub service that issues Slurm tokens. Runs next to the hub, never in a user's
server.
"""
