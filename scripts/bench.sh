#!/usr/bin/env bash
# Measure on this machine, on SQLite and on PostgreSQL, in one run.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh dev
exec .venv/bin/python -m bench "$@"
