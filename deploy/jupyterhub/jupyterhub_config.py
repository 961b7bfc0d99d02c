"""JupyterHub on a host that shares its users with the cluster (PAM, LDAP, SSSD).

Copy to /etc/jupyterhub/, or copy only the section "Slurm tokens" into your own configuration.
"""

import sys
from urllib.parse import quote

c = get_config()  # noqa: F821 - JupyterHub puts it there

# --- the hub ----------------------------------------------------------------

# Put a web server with TLS in front of this address.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = "sqlite:////var/lib/jupyterhub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "/var/lib/jupyterhub/cookie_secret"  # noqa: S105 - a file's name

# Hub users must be the same as on the cluster: never use an authenticator that lets users
# choose their name.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"cluster-users"}
c.PAMAuthenticator.open_sessions = False

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.default_url = "/lab"

# --- Slurm tokens -------------------------------------------------------------

# A socket in a directory that only root can write to. On a machine with many users, any user
# could listen on a TCP port while the service is down, and collect the hub tokens that
# servers send there.
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

# Allow servers to request tokens from the service. Both roles need the scope, because a
# server's token has only the scopes that the server role and its owner have in common. The
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
    # Lets the service warn about an authenticator that lets users choose their name.
    {"name": "slurm-token", "services": ["slurm-token"], "scopes": ["read:hub"]},
]

# Only an address, not a secret. Restart servers that were started before this change.
c.Spawner.environment = {"JUPYTER_SLURM_REST_TOKEN_URL": LISTEN + "/services/slurm-token/"}
