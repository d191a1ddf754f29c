#!/bin/sh
# Find a Python that the workspace runs on, and hand over to a script in this folder: bootstrap.sh SCRIPT [ARGUMENT]...
# With nothing but POSIX sh, since here nothing else is known to exist.
set -eu

for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        script=$1
        shift
        exec "$candidate" "$(dirname "$0")/$script" "$@"
    fi
done
echo "Python 3.11 or later is needed; install it, or name one: make PYTHON=/path/to/python3.11 ..." >&2
exit 1
