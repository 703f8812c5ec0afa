#!/usr/bin/env bash
# Every test: on SQLite, on PostgreSQL, in Chromium, and the commands of the README in a clone.
# All stages are run, and the names of those that failed close the report. Arguments go to every pytest.
set -uo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh dev || exit 1

failed=()
started=$SECONDS
stage() {
    # stage NAME DATABASE PYTEST-ARGUMENTS...
    local name=$1 database=$2 began=$SECONDS
    shift 2
    echo "test: $name"
    WUHAO_TEST_DATABASE=$database .venv/bin/python -m pytest -q "$@" </dev/null
    local code=$?
    # 5: no test chosen, as when the arguments name one file of another stage
    if [ $code -ne 0 ] && ! { [ $code -eq 5 ] && [ "${#arguments[@]}" -gt 0 ]; }; then
        failed+=("$name")
    fi
    echo "test: $name ended after $((SECONDS - began)) s"
}

arguments=("$@")
quick="not browser and not commands"
stage "on SQLite" sqlite -n 2 --dist loadgroup -m "$quick" "$@"
stage "on PostgreSQL" postgres -n 2 --dist loadgroup -m "$quick" "$@"
stage "in the browser" sqlite -n 2 --dist loadgroup -m browser "$@"
stage "commands of the README" sqlite -n 2 --dist loadfile -m commands "$@"

echo "test: $((SECONDS - started)) s in all"
if [ "${#failed[@]}" -gt 0 ]; then
    echo "test: failed: ${failed[*]}" >&2
    exit 1
fi
echo "test: all passed"
