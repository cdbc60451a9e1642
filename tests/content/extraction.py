"""Every message that the code asks a catalogue for, read from the code itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
OURS = ("bot", "handlers", "storage")
TEMPLATES = {"bot/console": "console", "bot/page": "page", "bot": "page", "handlers": "bot", "storage": "content"}
"""The domain of the templates and scripts in a folder; the first that fits."""


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """A call for a message; `id` is None where it isn't written out, `domain` "" where it can't be told."""

    file: str
    line: int
    domain: str
    id: str | None


def asked() -> list[Asked]:
    """All calls in code, templates and scripts."""
    found: list[Asked] = []
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*")):
            file = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py":
                found += in_python(file, path.read_text(encoding="utf-8"))
            elif path.suffix in {".html", ".js", ".webmanifest"}:
                found += in_template(file, path.read_text(encoding="utf-8"), domain_of(file))
    return found


def domain_of(file: str) -> str:
    return next(domain for folder, domain in TEMPLATES.items() if file.startswith(f"{folder}/"))


def in_python(file: str, source: str) -> Iterator[Asked]:
    """The calls of each name that is bound to a catalogue, and of a `_` that isn't."""
    tree = ast.parse(source)
    domains = {"_": ""}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (domain := _catalogue(node.value)):
            domains |= {target.id: domain for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            domain = domains.get(node.func.id) if isinstance(node.func, ast.Name) else _catalogue(node.func)
            if domain is not None:
                yield Asked(file, node.lineno, domain, _text(node.args[0]) if node.args else None)


def _catalogue(node: ast.expr) -> str | None:
    """The domain of a call like `catalogue("page")`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "catalogue":
        return _text(node.args[0])
    return None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def in_template(file: str, source: str, domain: str) -> Iterator[Asked]:
    """The calls of `_` in a Jinja template, or in a script."""
    if file.endswith(".js"):
        for line, message, _comments, _context in extract("javascript", BytesIO(source.encode()), {"_": None}):
            yield Asked(file, line, domain, str(message))
        return
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "_":
            first = call.args[0] if call.args else None
            yield Asked(file, call.lineno, domain, str(first.value) if isinstance(first, nodes.Const) else None)
