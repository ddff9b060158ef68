#!/bin/sh
# Usage: docker/check-installed.sh VENV    an installed Triagem works by itself: no checkout on its path.
set -eu
venv=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
cd "$empty"
"$venv/bin/triagem" --version
"$venv/bin/triagem" --help > /dev/null
TRIAGEM_DATA_DIR="$empty/data" "$venv/bin/triagem" doctor
"$venv/bin/python" -I "$here/check_installed.py"
