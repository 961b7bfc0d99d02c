"""JupyterHub on a host that shares its users with the cluster (PAM, LDAP, SSSD).

Copy to /etc/jupyterhub/. What belongs to Slurm is marked; the rest is any hub's.
"""

import sys
from urllib.parse import quote

c = get_config()  # noqa: F821 - JupyterHub puts it there

# --- the hub ----------------------------------------------------------------

# A web server with TLS stands in front of this address.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = "sqlite:////var/lib/jupyterhub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "/var/lib/jupyterhub/cookie_secret"  # noqa: S105 - a file's name

# A login must mean the same person as on the cluster: never an authenticator that
# lets people choose their name.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"cluster-users"}
c.PAMAuthenticator.open_sessions = False

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.default_url = "/lab"

# --- Slurm tokens -------------------------------------------------------------

# A socket in a folder that only root can write to: on a machine with many users,
# anybody could listen on a free TCP port while the service is down, and collect
# the hub tokens that servers send there.
SOCKET = "/run/jupyterhub/slurm-token.sock"
LISTEN = "http+unix://" + quote(SOCKET, safe="")

c.JupyterHub.services = [
    {
        "name": "slurm-token",
        "display": False,
        "command": [
            sys.executable,
            "-m",
            "jupyter_slurm_rest.hub",
            "--config=/etc/jupyterhub/slurm_token_config.py",
            f"--bind-url={LISTEN}",
        ],
    }
]

# Servers may ask the service for a token. The scope is needed twice, because a
# server's token holds what the server role and its owner have in common. The
# other scopes are JupyterHub's defaults, which these lists replace.
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", "access:services!service=slurm-token"]},
    {
        "name": "server",
        "scopes": [
            "users:activity!user",
            "access:servers!server",
            "access:services!service=slurm-token",
        ],
    },
    # So that the service can warn of an authenticator that lets people choose their name.
    {"name": "slurm-token", "services": ["slurm-token"], "scopes": ["read:hub"]},
]

# An address, no secret. Servers started before this change must be restarted.
c.Spawner.environment = {"JUPYTER_SLURM_REST_TOKEN_URL": LISTEN + "/services/slurm-token/"}
