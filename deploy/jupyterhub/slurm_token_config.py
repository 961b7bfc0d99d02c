"""Configuration of the token service: clusters and keys. Copy to /etc/jupyterhub/ (mode 0644).

All settings: ``python -m jupyter_slurm_rest.hub --help-all``.
"""

c = get_config()  # noqa: F821 - traitlets puts it there

# Key files must have mode 0600 and belong to the user that runs the service.
c.SlurmTokenService.clusters = {
    "cluster": {
        "key_file": "/etc/jupyterhub/keys/cluster.key",
        # Seconds. Tokens cannot be revoked, so keep this short. Servers renew them at half-life.
        "lifetime": 600,
        # If all users may see all jobs (no PrivateData): read them once for the whole hub, as an
        # ordinary user without privileges. Servers also need "shared": True.
        # "shared": {"url": "https://slurm.example.org:6820", "user": "hubreader"},
    }
}

# Users who never get a token, besides root and slurm: SlurmUser and operators' accounts.
c.SlurmTokenService.deny = ["slurmadmin"]
