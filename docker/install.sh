#!/bin/sh
# Usage: docker/install.sh FOLDER VENV    installs the wheel in FOLDER, with pinned dependencies, into a new VENV.
set -eu
"${PYTHON:-python3}" -m venv "$2"
"$2/bin/python" -m pip --disable-pip-version-check install -q --no-compile \
  -c "$(dirname "$0")/../constraints.txt" "$1"/triagem-*.whl
