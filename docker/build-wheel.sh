#!/bin/sh
# Usage: docker/build-wheel.sh FOLDER    builds Triagem's wheel from this checkout into FOLDER.
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" -m pip --disable-pip-version-check wheel -q --no-deps --wheel-dir "$folder" .
ls "$folder"
