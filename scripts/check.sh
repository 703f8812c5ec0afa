#!/usr/bin/env bash
# Every check that runs nothing: style, types, layers, migrations, deployment, translations, templates.
# All of them are run, and the names of those that failed close the report. Names given as arguments
# (scripts/check.sh types layers) choose some.
set -uo pipefail
cd "$(dirname "$0")/.."
bash scripts/bootstrap.sh dev || exit 1

PATH="$PWD/.venv/bin:$PATH"
export PYTHONWARNINGS=ignore
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Production settings: the checks of deployment look for what an installation in use must have.
export WUHAO_SECRET_KEY=only-for-checks-q8Zr2LwV7cXh5TnB1mKs9DfG4jPy6EaU3tRoWiQx0N
export WUHAO_BASE_URL=https://wuhao.example WUHAO_ALLOWED_HOSTS=wuhao.example WUHAO_VAR=$scratch
# Made for the checks, which look whether there is one.
export WUHAO_LEDGER_KEY=PRIVATE+KEY+ledger.test/wuhao+46c2b692+AR0IxclyCgsuDL8TTBGBefOZTvoxrEQMqDyZyMslc4mC
export WUHAO_SIGNING_KEY_FILE=$scratch/signing.key WUHAO_SIGNING_CHAIN_FILE=$scratch/signing.pem
export WUHAO_CREDENTIAL_KEY_FILE=$scratch/credential.jwk WUHAO_CREDENTIAL_KEYS_FILE=$scratch/credential-keys.json
unset WUHAO_TIMESTAMP_URL WUHAO_SEAL_PROVIDER
unset WUHAO_DEBUG WUHAO_DATABASE_URL WUHAO_CHECKPOINT_PLACES WUHAO_WITNESSES WUHAO_WITNESSED_LOGS

failed=()
wanted=" $* "
check() {
    local name=$1 started=$SECONDS
    shift
    [[ $wanted == "  " || $wanted == *" $name "* ]] || return 0
    if "$@" >"$scratch/out" 2>&1; then
        printf 'check: %-12s ok (%d s)\n' "$name" $((SECONDS - started))
    else
        failed+=("$name")
        cat "$scratch/out"
        printf 'check: %-12s FAILED\n' "$name"
    fi
}

check style ruff check --quiet .
check format ruff format --quiet --check --diff .
check types mypy
check layers lint-imports --no-logo
check migrations python manage.py makemigrations --check --dry-run
deployment() { python manage.py signing_key -v0 && python manage.py check --deploy --fail-level WARNING; }
check deployment deployment
check translations python scripts/check_translations.py
check templates djlint --quiet --lint templates

if [ "${#failed[@]}" -gt 0 ]; then
    echo "check: failed: ${failed[*]}" >&2
    exit 1
fi
echo "check: all passed"
