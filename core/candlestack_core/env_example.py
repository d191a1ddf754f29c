"""Write `.env.example` from the settings: `python -m candlestack_core.env_example [FILE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic.fields import FieldInfo

from candlestack_core.settings import GROUPS, variable_name


def render() -> str:
    """Return the text of `.env.example`: every variable, described and commented out at its default."""
    lines = [
        "# Every setting with its default. Copy to .env and uncomment what you change; the environment wins.",
        "# Written from the settings by `make env`; do not edit by hand.",
    ]
    for group in GROUPS:
        lines += ["", f"# --- {(group.__doc__ or '').strip()}"]
        for name, field in group.model_fields.items():
            lines += [f"# {field.description}", f"#{variable_name(group, name)}={default_text(field)}"]
    return "\n".join(lines) + "\n"


def default_text(field: FieldInfo) -> str:
    """Return the default of a setting as a variable holds it."""
    default = field.get_default()
    return ",".join(default) if isinstance(default, tuple) else str(default)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(render(), encoding="utf-8")
    else:
        sys.stdout.write(render())
