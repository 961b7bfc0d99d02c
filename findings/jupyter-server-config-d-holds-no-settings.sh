#!/bin/bash
# jupyter_server 2.21.1
# Guess: a JSON file in jupyter_server_config.d configures the server like
#   jupyter_server_config.json, as its name and location suggest (users of Zero to JupyterHub
#   mount settings there).
# Seen: only ServerApp.jpserver_extensions is read from such a file; all other settings are
#   ignored without a warning. The same content in jupyter_server_config.json takes effect.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet jupyter_server==2.21.1
mkdir -p config/jupyter_server_config.d
echo '{"ServerApp": {"base_url": "/from-the-file/"}}' > settings.json
export JUPYTER_CONFIG_DIR=$folder/config JUPYTER_RUNTIME_DIR=$folder/runtime HOME=$folder
base_url() {
  venv/bin/python - <<'PYTHON' 2> log
from jupyter_server.serverapp import ServerApp
app = ServerApp()
app.initialize(["--port=0", "--no-browser", "--allow-root"])
print(app.base_url)
PYTHON
}
cp settings.json config/jupyter_server_config.d/site.json
seen=$(base_url)
echo "in jupyter_server_config.d/site.json: base_url $seen"
[ "$seen" = / ]
cp settings.json config/jupyter_server_config.json
seen=$(base_url)
echo "in jupyter_server_config.json: base_url $seen"
[ "$seen" = /from-the-file/ ]
