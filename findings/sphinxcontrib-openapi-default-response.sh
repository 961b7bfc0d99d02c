#!/bin/bash
# sphinxcontrib-openapi 0.10.0 with sphinxcontrib-httpdomain 2.2.1, Sphinx 9.0.4
# Guess: the response "default" of an OpenAPI document, which the specification defines for all
#   statuses that are not listed, is rendered as a separate row or omitted.
# Seen: sphinxcontrib-openapi passes it on as a status, but httpdomain only accepts numbers:
#   "HTTP status code must be an integer", an error that fails a build that treats warnings as
#   errors. The row is missing from the page.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet 'sphinx==9.0.4' 'sphinxcontrib-openapi==0.10.0' \
  'sphinxcontrib-httpdomain==2.2.1'
mkdir docs
echo "extensions = ['sphinxcontrib.openapi']" > docs/conf.py
printf 'API\n===\n\n.. openapi:: api.json\n' > docs/index.rst
cat > docs/api.json <<'JSON'
{"openapi": "3.1.0", "info": {"title": "jobs", "version": "1"}, "paths": {"/jobs": {"get": {
  "responses": {"200": {"description": "Jobs"}, "default": {"description": "What went wrong"}}}}}}
JSON
env/bin/sphinx-build -q docs page 2> said || true
sed 's/.*ERROR/ERROR/' said
grep -q "HTTP status code must be an integer" said
! env/bin/sphinx-build -q -W docs other > /dev/null 2>&1
sed -i 's/"default"/"500"/' docs/api.json
env/bin/sphinx-build -q -W docs third
