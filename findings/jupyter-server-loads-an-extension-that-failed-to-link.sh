#!/bin/bash
# jupyter_server 2.21.1, traitlets 5.15.1
# Guess: an extension application with an invalid value in its configuration does not start, or
#   starts with its other values as configured.
# Seen: the error is logged as "error linking extension", but then the extension is loaded
#   ("extension was successfully loaded") with the defaults of ALL its traits: valid values
#   next to the invalid one are dropped too. Its routes are served.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet jupyter_server==2.21.1 traitlets==5.15.1
cat > guarded.py <<'PYTHON'
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Enum

class Guarded(ExtensionApp):
    name = "guarded"
    visitors = Enum(["refuse", "read"], "refuse").tag(config=True)
    proxy = Bool(True).tag(config=True)

    def initialize_settings(self):
        self.log.warning("loaded with proxy=%s", self.proxy)

def _jupyter_server_extension_points():
    return [{"module": "guarded", "app": Guarded}]
PYTHON
cat > run.py <<'PYTHON'
from jupyter_server.serverapp import ServerApp

app = ServerApp(jpserver_extensions={"guarded": True})
app.initialize(["--port=0", "--no-browser", "--allow-root", "--ServerApp.token=x",
                "--Guarded.visitors=reed", "--Guarded.proxy=False"],
               find_extensions=False)
PYTHON
JUPYTER_CONFIG_DIR=$folder/config JUPYTER_RUNTIME_DIR=$folder/runtime PYTHONPATH=$folder \
  venv/bin/python run.py > log 2>&1
grep -o 'guarded | error linking extension' log
grep -o 'loaded with proxy=True' log
grep -o 'guarded | extension was successfully loaded.' log
