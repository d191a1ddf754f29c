"""What no tracked file may hold: a registry's host, a path of one machine, unfinished or silenced work.

The patterns are put together from parts, or this file would be the first to be found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from house.tracked_files import python_files, report, text_of, tracked

REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("anaconda", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("repo1", "maven", "org"),
    ("repo", "maven", "apache", "org"),
    ("proxy", "golang", "org"),
    ("sum", "golang", "org"),
    ("crates", "io"),
    ("rubygems", "org"),
    ("deb", "debian", "org"),
    ("security", "debian", "org"),
)
HOMES = ("work", "root", "home", "Users")
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")
CATCH_ALL = frozenset({"Exception", "BaseException"})

PATTERNS = {
    "the host of a package registry": re.compile(
        "|".join(r"(?<![\w-])" + r"\.".join(labels) + r"(?![\w-]|\.\w)" for labels in REGISTRIES)
    ),
    "a path of one machine": re.compile(
        rf"(?<![\w.~$}}/-])/(?:{'|'.join(HOMES)})/[\w.-]|\b[A-Z]:\\{HOMES[-1]}\\\w"
    ),
    "a mark of unfinished work": re.compile(rf"\b(?:{'|'.join(UNFINISHED)})\b"),
}


def forbidden(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the kind of everything in a text that no file may hold."""
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, pattern in PATTERNS.items():
            if pattern.search(line):
                yield number, kind


def silenced(source: str) -> Iterator[int]:
    """Yield the lines on which a module catches every error and says nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            nothing = all(
                isinstance(step, ast.Pass)
                or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))
                for step in node.body
            )
            if nothing and (node.type is None or _catches_all([node.type])):
                yield node.lineno
        elif isinstance(node, ast.Call) and _last_name(node.func) == "suppress" and _catches_all(node.args):
            yield node.lineno


def _catches_all(types: list[ast.expr]) -> bool:
    flat = [inner for kind in types for inner in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
    return any(_last_name(kind) in CATCH_ALL for kind in flat)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_file_names_a_registry_or_a_machine_or_is_unfinished() -> None:
    findings = [
        f"{path}:{line}: {kind}"
        for path in tracked()
        if (text := text_of(path)) is not None
        for line, kind in forbidden(text)
    ]
    assert not findings, report(findings)


def test_no_module_silences_every_error() -> None:
    findings = [f"{path}:{line}" for path, source in python_files() for line in silenced(source)]
    assert not findings, report(findings)


@pytest.mark.parametrize("labels", REGISTRIES)
def test_the_host_of_a_registry_is_found_in_an_address(labels: tuple[str, ...]) -> None:
    host = ".".join(labels)
    for line in (f"https://{host}/simple", f"index = '{host}'", f"https://files.{host}:443"):
        assert list(forbidden(f"first line\n{line}")) == [(2, "the host of a package registry")]
    for line in (f"my{host}", f"{host}ization", f"{host}.example"):
        assert list(forbidden(line)) == []


@pytest.mark.parametrize("home", HOMES)
def test_a_path_of_one_machine_is_found(home: str) -> None:
    path = f"/{home}/me/file"
    for line in (path, f'open("{path}")', f"-v {path}:/data", f"a={path}"):
        assert list(forbidden(line)) == [(1, "a path of one machine")]
    for line in (f"https://host.example{path}", f"$ROOT{path}", f"frontend{path}", f"~{path}", f"/{home}"):
        assert list(forbidden(line)) == []


def test_a_path_below_the_users_of_windows_is_found() -> None:
    assert list(forbidden("C:" + "\\" + HOMES[-1] + "\\me")) == [(1, "a path of one machine")]


@pytest.mark.parametrize("mark", UNFINISHED)
def test_a_mark_of_unfinished_work_is_found(mark: str) -> None:
    assert list(forbidden(f"x = 1  # {mark}: later")) == [(1, "a mark of unfinished work")]
    assert list(forbidden(f"{mark.lower()} {mark}X")) == []


@pytest.mark.parametrize(
    "handler",
    [
        "except Exception:\n    pass",
        "except BaseException as error:\n    ...",
        "except (ValueError, Exception):\n    pass",
        "except builtins.Exception:\n    pass",
        "except:\n    'why not'",
    ],
)
def test_an_error_that_is_caught_and_forgotten_is_found(handler: str) -> None:
    assert list(silenced(f"try:\n    work()\n{handler}")) == [3]


def test_an_error_that_is_suppressed_whatever_it_is_is_found() -> None:
    assert list(silenced("with contextlib.suppress(Exception):\n    work()")) == [1]


@pytest.mark.parametrize(
    "handler",
    [
        "except ValueError:\n    pass",
        "except Exception:\n    log.exception('failed')",
        "except Exception:\n    raise",
    ],
)
def test_an_error_that_is_named_or_told_is_left_alone(handler: str) -> None:
    assert list(silenced(f"try:\n    work()\n{handler}")) == []
