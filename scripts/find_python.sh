# Sourced by the other scripts: which Python makes the virtual environments.

python_path() {
    # Print the path of a Python 3.11 or newer that can make virtual environments; fail if there is none.
    local name
    for name in python3.11 /usr/bin/python3.11 python3 /usr/bin/python3 python3.12 python3.13; do
        if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}
