"""The table of settings in the README says what the settings are."""

from __future__ import annotations

import pytest

from candlestack_core.settings import GROUPS, REPOSITORY, variable_name
from candlestack_core.settings_table import BEGIN, END, render, with_table


def test_the_readme_holds_the_table_of_the_present_settings() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert with_table(readme) == readme, "the settings have changed and the README has not; run: make env"


def test_every_setting_has_a_row_with_its_default_and_what_it_sets() -> None:
    rows = [line for line in render().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(group.model_fields) for group in GROUPS)
    for group in GROUPS:
        for name in group.model_fields:
            [row] = [row for row in rows if row.startswith(f"| `{variable_name(group, name)}` |")]
            assert row.split("|")[3].strip()


def test_the_table_replaces_what_stands_between_the_marks_and_nothing_else() -> None:
    document = with_table(f"before\n{BEGIN}\na row of yore\n{END}\nafter\n")
    assert document.startswith(f"before\n{BEGIN}\n")
    assert document.endswith(f"{END}\nafter\n")
    assert "a row of yore" not in document
    assert with_table(document) == document


def test_a_document_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        with_table("no marks")
