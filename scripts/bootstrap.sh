#!/usr/bin/env bash
# Make this clone ready: Debian's packages and the virtual environment .venv.
#   scripts/bootstrap.sh run    what the application needs
#   scripts/bootstrap.sh dev    that, and what the tests and checks need
# Does nothing, in well under a second, where all is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/find_python.sh

kind=${1:-run}
case $kind in
    run) requirements=requirements.txt ;;
    dev) requirements=requirements-dev.txt ;;
    *) echo "usage: scripts/bootstrap.sh run|dev" >&2 && exit 2 ;;
esac

# Text and fonts of the certificates (WeasyPrint); without harfbuzz-subset a page costs ten times more.
packages=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
if [ "$kind" = dev ]; then
    # The browser of the journeys, with the fonts by which the widths of pages are judged and what its driver
    # is linked with; the tools that read certificates back; the makers of catalogues.
    packages+=(chromium fonts-liberation fonts-noto-cjk libatomic1 poppler-utils qpdf gettext)
fi

say() { printf 'setup: %s\n' "$*"; }

missing_packages() {
    # Print the Debian packages that are not installed, one a line.
    local name
    if command -v dpkg-query >/dev/null; then
        dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
            awk '$2 == "installed" { print $1 }' | sort -u >"$scratch/installed" || true
        printf '%s\n' "${packages[@]}" | sort -u | comm -23 - "$scratch/installed"
    fi
    for name in python3 python3-venv; do
        python_path >/dev/null || echo "$name"
    done
}

install_packages() {
    # Install "$@" through apt as root or by a sudo that asks for nothing; else print the command and stop.
    local options=(install --yes --no-install-recommends) become=()
    if ! command -v apt-get >/dev/null; then
        say "this is not a Debian system; install what matches: $*" >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            printf 'Wuhao needs Debian packages that are missing here. Type this, then make again:\n\n' >&2
            printf '    sudo apt-get update && sudo apt-get %s %s\n\n' "${options[*]}" "$*" >&2
            exit 1
        fi
        become=(sudo -n)
    fi
    say "installing Debian's $*"
    export DEBIAN_FRONTEND=noninteractive
    # The lists of a fresh machine are empty or old: a first failure asks for new ones.
    "${become[@]}" apt-get -qq "${options[@]}" "$@" >"$scratch/apt.log" 2>&1 && return
    "${become[@]}" apt-get -qq update >"$scratch/apt.log" 2>&1 || true
    if ! "${become[@]}" apt-get -qq "${options[@]}" "$@" >>"$scratch/apt.log" 2>&1; then
        tail -n 20 "$scratch/apt.log" >&2
        say "apt-get could not install $*" >&2
        exit 1
    fi
}

venv_works() {
    [ -x .venv/bin/python ] && .venv/bin/python -c '
import sys, pathlib, pip
sys.exit(sys.version_info < (3, 11) or pathlib.Path(sys.prefix).resolve() != pathlib.Path(".venv").resolve())
' 2>/dev/null
}

up_to_date() {
    # The development requirements hold everything that the application needs, at the same versions.
    local stamp
    for stamp in "$requirements" requirements-dev.txt; do
        if [ -x .venv/bin/python ] && cmp -s "$stamp" ".venv/installed-$stamp"; then
            return 0
        fi
    done
    return 1
}

install_requirements() {
    if ! venv_works; then
        say "making the virtual environment .venv with $("$(python_path)" --version)"
        rm -rf .venv
        "$(python_path)" -m venv .venv
    fi
    # Stamped only when the whole of it succeeded, so that an interrupted run is taken up again.
    rm -f .venv/installed-*
    say "installing $(grep -c == "$requirements") Python packages of $requirements"
    if ! .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --require-hashes --requirement "$requirements"; then
        say "pip could not install $requirements (see above)" >&2
        exit 1
    fi
    cp "$requirements" ".venv/installed-$requirements"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
exec 9<requirements.txt
flock 9 # two makes at once must not build the same environment

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}"
fi
up_to_date || install_requirements
