#!/usr/bin/env bash
# What `make run` (serve) and `make demo` (demo) do: set up, then hand over to run.py.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-serve}
export PORT=${PORT:-8000}
if ! [[ $PORT =~ ^[0-9]{1,5}$ ]] || ((PORT < 1 || PORT > 65535)); then
    echo "PORT=$PORT is not a port number; choose one from 1024 to 65535." >&2
    exit 1
fi
# Asked before anything is installed: nobody should wait for a set-up that cannot serve.
if [ "$mode" = serve ] && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    echo "Port $PORT of 127.0.0.1 is taken. End what uses it, or choose another: make run PORT=$((PORT + 1))" >&2
    exit 1
fi
bash scripts/bootstrap.sh run
exec .venv/bin/python scripts/run.py "$mode"
