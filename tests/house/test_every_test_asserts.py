"""Every test can fail: it asserts something, or says which error it expects."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import pytest

from house.tracked_files import python_files, report

EXPECTATIONS = frozenset({"raises", "warns", "fail", "deprecated_call"})
WAITING = frozenset({"eventually"})
"""Functions of the tests' shared modules that fail where what they wait for does not come."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_assertion(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of every test function that cannot fail by what it checks.

    A call of a function of the same module counts for what that function asserts, and so do a wait for a condition
    and what a page is expected to show.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    checking = WAITING
    while True:
        found = WAITING | {function.name for function in functions if _checks(function, checking)}
        if found == checking:
            break
        checking = found
    for function in functions:
        if function.name.startswith("test") and function.name not in checking:
            yield function.lineno, function.name


def _checks(function: Function, checking: AbstractSet[str]) -> bool:
    return any(_is_check(node, checking) for step in function.body for node in ast.walk(step))


def _is_check(node: ast.AST, checking: AbstractSet[str]) -> bool:
    if isinstance(node, ast.Assert):
        # What is true whatever happens checks nothing.
        return not isinstance(node.test, ast.Constant | ast.Tuple)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        of = node.func.value
        if isinstance(of, ast.Call):
            # Playwright's own, which waits for what it expects of a page.
            return getattr(of.func, "id", "") == "expect" and node.func.attr.startswith(("to_", "not_to_"))
        return node.func.attr in EXPECTATIONS and getattr(of, "id", "") == "pytest"
    return getattr(node.func, "id", "") in checking


def test_every_test_of_the_repository_asserts_something() -> None:
    findings = [
        f"{path}:{line}: {name}"
        for path, source in python_files()
        if path.name.startswith("test_")
        for line, name in without_assertion(source)
    ]
    assert not findings, report(findings)


def test_the_tests_of_the_repository_are_looked_at() -> None:
    here = [source for path, source in python_files() if path.name == "test_every_test_asserts.py"]
    assert len(here) == 1
    assert "def test_the_tests_of_the_repository_are_looked_at" in here[0]


@pytest.mark.parametrize(
    "body",
    [
        "work()",
        "assert True",
        "assert (result == 1, 'a tuple is always true')",
        "result == 1",
        "with suppress(ValueError):\n        work()",
        "other.raises(ValueError)",
        "check_elsewhere()",
        "expect(page)",
        "other(page).to_have_url(address)",
    ],
)
def test_a_test_that_cannot_fail_is_found(body: str) -> None:
    assert list(without_assertion(f"x = 1\ndef test_it() -> None:\n    {body}\n")) == [(2, "test_it")]
    assert list(without_assertion(f"class TestIt:\n  async def test_it(self):\n    {body}\n")) == [
        (2, "test_it")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "assert result == 1",
        "for x in y:\n        assert x",
        "with pytest.raises(ValueError):\n        work()",
        "with pytest.warns(UserWarning):\n        work()",
        "pytest.fail('not within 30 s')",
        "def inner():\n        assert x\n    inner()",
        "read_until(3)",
        "expect(page).to_have_url(address)",
        "expect(page.locator('td')).not_to_have_count(0)",
        "eventually(lambda: asked() == 0, 'nobody asks')",
    ],
)
def test_a_test_that_can_fail_is_left_alone(body: str) -> None:
    called = "def read_until(n):\n    wait(n)\n\n\ndef wait(n):\n    assert n\n"
    source = f"def test_it() -> None:\n    {body}\n\n\n{called}"
    assert list(without_assertion(source)) == []
