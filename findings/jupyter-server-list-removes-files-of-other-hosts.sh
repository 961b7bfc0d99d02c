#!/bin/bash
# jupyter_server 2.21.1
# Guess: listing running servers only reads the runtime directory.
# Seen: `jupyter server list` deletes the file of every server whose process id does not exist
#   on this machine. If the home directory is shared by several machines (as at any HPC site),
#   these servers may be running; afterwards, they cannot be found from their own machine.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet jupyter_server==2.21.1
mkdir runtime
# A server of another machine; no process of this one has so high a number.
cat > runtime/jpserver-5000001.json <<'JSON'
{"base_url": "/", "hostname": "login1", "password": false, "pid": 5000001, "port": 8888,
 "root_dir": "/home/alice", "secure": false, "sock": "", "token": "x",
 "url": "http://login1:8888/", "version": "2.21.1"}
JSON
JUPYTER_RUNTIME_DIR=$folder/runtime venv/bin/jupyter-server list
[ -z "$(ls runtime)" ] && echo "the file is gone"
