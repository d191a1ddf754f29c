#!/bin/sh
# Find a Python that the workspace runs on, and run a module of candlestack_local.bootstrap with it:
# bootstrap.sh MODULE [ARGUMENT]... In POSIX sh, since nothing else is known to exist here.
set -eu

for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        module=$1
        shift
        PYTHONPATH=${0%/*} exec "$candidate" -m "candlestack_local.bootstrap.$module" "$@"
    fi
done
echo "Python 3.11 or later is needed; install it, or name one: make PYTHON=/path/to/python3.11 ..." >&2
exit 1
