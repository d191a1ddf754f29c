"""Finding a Java virtual machine that the Kafka broker runs on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

OLDEST_JAVA = 17


class JavaMissingError(Exception):
    """There is no Java virtual machine, or only one that is too old."""


@cache
def find_java() -> str:
    """Return the path of a Java virtual machine of version 17 or later: of `JAVA_HOME`, else on `PATH`.

    Raises:
        JavaMissingError: there is none; the message says what is missing and what to run.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    java = found or shutil.which("java")
    if java is None:
        raise JavaMissingError(f"Java {OLDEST_JAVA} or later is not installed; run: make deps")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', answer)
    if version is None or int(version.group(1)) < OLDEST_JAVA:
        first_line = answer.splitlines()[0] if answer else "it does not say its version"
        raise JavaMissingError(
            f"Java {OLDEST_JAVA} or later is needed, {java} is older ({first_line}); run: make deps"
        )
    return java
