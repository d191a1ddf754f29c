"""Write the table of all settings into a document: `python -m candlestack_core.settings_table README.md`.

The table takes the place of what stands between two marks, which the document has to hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

from candlestack_core.env_example import default_text
from candlestack_core.settings import GROUPS, variable_names

BEGIN = "<!-- settings: written by `make env` -->"
END = "<!-- end of settings -->"


def render() -> str:
    """Return the tables in Markdown, one for each group of settings."""
    parts = []
    for group in GROUPS:
        parts += [f"**{(group.__doc__ or '').strip().splitlines()[0]}**", ""]
        parts += ["| variable | default | what it sets |", "|---|---|---|"]
        for name, field in group.model_fields.items():
            variable, *others = variable_names(group, name)
            also = f" (also read as {', '.join(f'`{other}`' for other in others)})" if others else ""
            default = default_text(field)
            words = (field.description or "").replace("|", "\\|")
            parts.append(f"| `{variable}` | {f'`{default}`' if default else ''} | {words}{also} |")
        parts.append("")
    return "\n".join(parts)


def with_table(document: str) -> str:
    """Return a document with the table between its marks.

    Raises:
        ValueError: the document does not hold both marks, in their order.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document does not hold {BEGIN} and, after it, {END}")
    return f"{before}{BEGIN}\n\n{render()}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
