#!/usr/bin/env bash
# Bring locale/en up to date with the sources, and compile it.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh dev
.venv/bin/python scripts/catalogue.py
