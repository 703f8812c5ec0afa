#!/usr/bin/env bash
# Compile requirements.txt and requirements-dev.txt (exact versions with hashes) from pyproject.toml.
# Versions that still satisfy pyproject.toml are kept; "scripts/lock.sh --upgrade" takes the newest of each.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/find_python.sh

PIP_TOOLS=7.6.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Only the public index counts: what this machine is set up with must not reach the lock.
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL
export PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 CUSTOM_COMPILE_COMMAND="make lock"

"$(python_path)" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "pip-tools==$PIP_TOOLS"
compile() {
    "$work/venv/bin/pip-compile" --quiet --generate-hashes --strip-extras --allow-unsafe \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        --annotation-style=line "$@" pyproject.toml
}
echo "lock: requirements.txt"
compile --output-file requirements.txt "$@"
echo "lock: requirements-dev.txt"
compile --extra dev --constraint requirements.txt --output-file requirements-dev.txt "$@"
