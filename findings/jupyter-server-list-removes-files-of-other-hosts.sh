#!/bin/bash
# jupyter_server 2.21.1
# Guess: listing running servers reads the runtime folder and changes nothing.
# Seen: `jupyter server list` deletes the file of every server whose process id is not alive on
#   this machine. On a home shared by many machines (any HPC site) those servers run: they can
#   no longer be found from their own machine afterwards.
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
