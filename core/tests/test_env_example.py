"""`.env.example` is what the settings say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from candlestack_core.env_example import render
from candlestack_core.settings import GROUPS, load, variable_name, variable_names

from .conftest import REPOSITORY


def test_the_committed_example_is_what_the_settings_say() -> None:
    committed = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    assert committed == render(), "write it anew with `make env`"


def test_every_variable_stands_in_it_once_under_a_line_that_says_what_it_is() -> None:
    lines = render().splitlines()
    listed = [match[1] for line in lines if (match := re.match(r"#([A-Z0-9_]+)=", line))]
    assert listed == [variable_name(group, field) for group in GROUPS for field in group.model_fields]
    for number, line in enumerate(lines):
        if re.match(r"#[A-Z0-9_]+=", line):
            assert re.match(r"# \S.{8,}", lines[number - 1])


def test_the_example_with_everything_uncommented_is_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for group in GROUPS:
        for field in group.model_fields:
            for name in variable_names(group, field):
                monkeypatch.delenv(name, raising=False)
    file = tmp_path / ".env"
    file.write_text(re.sub(r"(?m)^#([A-Z0-9_]+=)", r"\1", render()), encoding="utf-8")
    monkeypatch.setenv("CANDLESTACK_ENV_FILE", str(file))
    for group in GROUPS:
        assert load(group) == group.model_construct()
