"""The rule "one name, one place": what the names of the platform are, and where Python code repeats one.

The names are collected from core by introspection, so that a new topic, collection, key, metric or setting is
watched over from its first day.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client.metrics import MetricWrapperBase

from candlestack_core import metrics, names, topics
from candlestack_core.settings import GROUPS, variable_names

HOLE = "{}"
"""Stands for what is only known when the code runs."""

LOOSE_WORDS = ("HEADER_", "GROUP_", "SOURCE_", "COMPLETENESS", "JOB_HISTORY")
"""Constants of `names` that are plain words ("sent", "binance", "completeness" as a field of a candle) or also
name a process ("redis-writer") or a program ("history_fetch")."""

SAMPLE_SUFFIXES = "_total|_created|_bucket|_count|_sum"
METRIC_TYPES = frozenset({"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"})
SETTINGS_BASES = frozenset({"BaseSettings", "SettingsGroup"})


@dataclass(frozen=True)
class Vocabulary:
    """Patterns of the names that no string literal may hold, and the variables that no code may spell out."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    variables: frozenset[str]


@dataclass(frozen=True, order=True)
class Finding:
    line: int
    what: str


def collect() -> Vocabulary:
    """Return the names that core defines now."""
    patterns = [(f"the topic {name}", _word(name)) for name in sorted(_topics())]
    patterns += [(f"the name {name}", _word(name)) for name in sorted(_constants())]
    patterns += [
        (f"the metric {name}", re.compile(rf"(?<!\w){re.escape(name)}(?:{SAMPLE_SUFFIXES})?(?!\w)"))
        for name in sorted(_metrics())
    ]
    for template in sorted(_key_templates()):
        patterns += [(f"the key {template}", pattern) for pattern in key_patterns(template)]
    variables = {
        name for group in GROUPS for field in group.model_fields for name in variable_names(group, field)
    }
    return Vocabulary(tuple(patterns), frozenset(variables))


def _topics() -> set[str]:
    constants = {value for name, value in vars(topics).items() if name.isupper() and isinstance(value, str)}
    return constants | {topic.name for topic in topics.all_topics()}


def _constants() -> set[str]:
    return {
        value
        for name, value in vars(names).items()
        if name.isupper() and isinstance(value, str) and not name.startswith(LOOSE_WORDS)
    }


def _metrics() -> set[str]:
    found = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]
    return {family.name for metric in found for family in metric.describe()}


def _key_templates() -> set[str]:
    """Return what the key functions make of arguments that are not known: `crypto:{}:1m:latest`."""
    return {
        function(*[HOLE] * len(inspect.signature(function).parameters))
        for name, function in vars(names).items()
        if name.endswith("_key") and inspect.isfunction(function)
    }


def key_patterns(template: str) -> list[re.Pattern[str]]:
    """Return what gives a key away in a literal: how it begins, and what stands between and behind its holes."""
    first, *rest = template.split(HOLE)
    found = [rf"(?<![\w:.-]){re.escape(first)}(?!\s)"] if re.search(r"\w", first) else []
    # Between two holes stands at least a word between colons; behind the last hole the literal ends.
    found += [
        rf"{re.escape(part)}(?!\w){'$' if part is rest[-1] else ''}" for part in rest if _is_telling(part)
    ]
    return [re.compile(pattern) for pattern in found]


def _is_telling(part: str) -> bool:
    return re.search(r"\w", part) is not None


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)")


@dataclass
class _Reader(ast.NodeVisitor):
    """Walks one module; docstrings and comments may say any name."""

    vocabulary: Vocabulary
    own_metrics: bool
    """Whether this module may define metrics and settings of its own, as the independent simulator does."""
    findings: list[Finding] = field(default_factory=list)
    _metric_names: set[str] = field(default_factory=set)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._read(node.value, node.lineno)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else HOLE for part in node.values]
        self._read("".join(map(str, parts)), node.lineno)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._read_variable(node.slice)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key in node.keys:
            self._read_variable(key)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops):
            self._read_variable(node.left)
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module == "prometheus_client":
            self._metric_names |= {
                alias.asname or alias.name for alias in node.names if alias.name in METRIC_TYPES
            }

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if last in {"get", "pop", "setdefault", "getenv", "setenv", "delenv"} and node.args:
            self._read_variable(node.args[0])
        by_module = (
            isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == "prometheus_client"
        )
        defines = last in METRIC_TYPES if by_module else last in self._metric_names
        if defines and not self.own_metrics:
            self._find(node.lineno, "a metric that is not defined in core")
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = {
            base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases
        }
        if bases & SETTINGS_BASES and not self.own_metrics:
            self._find(node.lineno, f"settings that are not defined in core: {node.name}")
        self.generic_visit(node)

    def _read(self, text: str, line: int) -> None:
        for what, pattern in self.vocabulary.patterns:
            if pattern.search(text):
                self._find(line, what)

    def _read_variable(self, node: ast.expr | None) -> None:
        if isinstance(node, ast.Constant) and node.value in self.vocabulary.variables:
            self._find(node.lineno, f"the variable {node.value}")

    def _find(self, line: int, what: str) -> None:
        finding = Finding(line, what)
        if finding not in self.findings:
            self.findings.append(finding)


def repeated_names(source: str, vocabulary: Vocabulary, *, own_metrics: bool = False) -> Iterator[Finding]:
    """Yield where a module spells out a name that stands in core, in the order of its lines."""
    reader = _Reader(vocabulary, own_metrics)
    reader.visit(ast.parse(source))
    yield from sorted(reader.findings)
