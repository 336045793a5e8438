"""Every protection of the code, found in its source, and a switch for each.

A protection is a place that keeps somebody from something: a question who may, a guard
that raises PermissionDenied, a decorator, the wrapper of the desk's addresses, what an
action asks for, the narrowing of rows to one's own or to what readers may see. While
`install` is in force the site's modules are compiled with a switch at each, so that one
after the other can be taken away without anything being imported again.
"""

import ast
import builtins
import copy
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from typing import Any

from django.db.models import Q

ROOT = Path(__file__).parents[2]
PACKAGES = ("issues", "papers", "quiz", "superfast")
NAME = "__protection__"

# Questions, and what they are answered when they protect from nothing.
ASKED: dict[str, bool] = {
    "has_perm": True, "has_perms": True, "has_permission": True,
    "may_publish": True, "may_touch": True, "may_correct": True, "_may_view": True,
    "may_see_figures": True, "sees_all": True, "lookup_allowed": True,
    "is_verified": True, "needs_second_factor": False, "must_wait": False,
}  # fmt: skip
# Words that ask one thing here and another there; elsewhere they protect from nothing.
ASKED_IN: dict[str, dict[str, bool]] = {
    # Of a draft by link: whether it leads anywhere still.
    "is_open": {"issues/models/sharing.py": True, "issues/drafts.py": True},
    "is_public": {
        # Of an address: whether the server may ask it.
        "superfast/common/addresses.py": True, "superfast/common/fetching.py": True,
        # Of an answer: whether it may be kept for everybody.
        "superfast/pagecache/application.py": True,
        # Of a row: whether it is out, so that only an Editor changes it.
        "superfast/common/admin.py": False, "issues/admin/pictures.py": False,
    },
}  # fmt: skip
_PERMISSION = re.compile(r"has_\w+_permission")
ATTRIBUTES = {"is_authenticated", "is_superuser"}
DECORATORS = {
    "login_required", "permission_required", "user_passes_test", "staff_member_required",
    "require_safe", "require_POST", "require_http_methods",
}  # fmt: skip
# Keywords that narrow rows to somebody's own, or to what has not been thrown away.
OWN = re.compile(r"created_by|trashed_at|request\.user|^user=|issue__in|paper__in")


@dataclass(frozen=True)
class Protection:
    """One place: what it is, where, and how it reads."""

    kind: str
    path: str
    inside: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.path} {self.inside}: {self.code}"


class Switchboard:
    """All protections by number, and which of them are off."""

    def __init__(self) -> None:
        self.found: list[Protection] = []
        self.touched: set[int] = set()
        self.off: frozenset[int] = frozenset()
        # While a test runs: what prepares it keeps its protections.
        self.is_live = False

    def is_off(self, number: int) -> bool:
        self.touched.add(number)
        return self.is_live and number in self.off

    # What the source is made to call

    def decorator(self, number: int, decorate: Callable[..., Any]) -> Any:
        return lambda view: self.wrapper(number, decorate(view), view)

    def wrapper(self, number: int, guarded: Any, view: Any) -> Any:
        @wraps(guarded)
        def either(*args: Any, **kwargs: Any) -> Any:
            return (view if self.is_off(number) else guarded)(*args, **kwargs)

        return either

    def permissions(self, number: int, names: list[str]) -> Any:
        board = self

        class Names(list[str]):
            def __iter__(self) -> Any:
                # Everybody is asked at the desk whether they may look at its pages.
                return iter(["module"] if board.is_off(number) else [*names])

        return Names(names)

    def narrowed(self, number: int, rows: Any, narrow: Callable[[Any], Any]) -> Any:
        return rows.all() if self.is_off(number) else narrow(rows)

    def condition(self, number: int, found: Q) -> Q:
        return Q() if self.is_off(number) else found

    def status(self, number: int, found: Any) -> Any:
        return type(found)["PUBLISHED"] if self.is_off(number) else found

    def rows_of(self, number: int, find: Callable[[Any], Any], request: Any) -> Any:
        """Rows of the desk, or those that a superuser sees."""
        if self.is_off(number):
            request = copy.copy(request)
            user = type(request.user)
            request.user = user(pk=0, is_superuser=True, is_active=True)
        return find(request)


class _Switches(ast.NodeTransformer):
    """Puts a switch at each protection of a module."""

    def __init__(self, board: Switchboard, path: str, source: str) -> None:
        self.board, self.path, self.source = board, path, source
        self.inside: list[str] = []
        self.aliases: list[set[str]] = [set()]
        self.is_desk = "admin" in path or path.startswith("superfast/accounts")

    # Finding

    def number(self, kind: str, node: ast.AST) -> ast.Constant:
        text = ast.get_source_segment(self.source, node) or ""
        code = " ".join(text.split())[:90]
        place = Protection(
            kind, self.path, ".".join(self.inside), getattr(node, "lineno", 0), code
        )
        self.board.found.append(place)
        return ast.Constant(len(self.board.found) - 1)

    def answer(self, name: str) -> bool | None:
        """What this question is answered without protection; None if it is none."""
        if _PERMISSION.fullmatch(name):
            return True
        return ASKED_IN.get(name, {}).get(self.path, ASKED.get(name))

    def switch(self, method: str, *args: ast.expr) -> ast.Call:
        board = ast.Name(NAME, ast.Load())
        return ast.Call(ast.Attribute(board, method, ast.Load()), [*args], [])

    def is_on(self, number: ast.Constant) -> ast.expr:
        return ast.UnaryOp(ast.Not(), self.switch("is_off", number))

    # Definitions

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.inside.append(node.name)
        decorators = [self._decorator(each) for each in node.decorator_list]
        self.aliases.append({*self.aliases[-1]})
        node.decorator_list = []
        answer = self.answer(node.name)
        head: list[ast.stmt] = []
        if answer is not None:
            first = self.number("rule", node)
            self.board.found[-1] = Protection(
                "rule",
                self.path,
                ".".join(self.inside),
                node.lineno,
                f"def {node.name}",
            )
            head = [
                ast.If(
                    self.switch("is_off", first),
                    [ast.Return(ast.Constant(answer))],
                    [],
                )
            ]
        self.generic_visit(node)
        node.decorator_list = decorators
        if head:
            has_docstring = ast.get_docstring(node, clean=False) is not None
            node.body[has_docstring:has_docstring] = head
        self.aliases.pop()
        self.inside.pop()
        return node

    def _decorator(self, node: ast.expr) -> ast.expr:
        if _called(node) in DECORATORS:
            number = self.number("decorator", node)
            return self.switch("decorator", number, node)
        if isinstance(node, ast.Call) and _called(node) == "action":
            for each in node.keywords:
                if each.arg == "permissions":
                    number = self.number("action", node)
                    each.value = self.switch("permissions", number, each.value)
        return node

    # Statements

    def visit_Assign(self, node: ast.Assign) -> Any:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "admin_view":
            self.aliases[-1] |= {
                each.id for each in node.targets if isinstance(each, ast.Name)
            }
            return node
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> Any:
        first = node.body[0]
        if isinstance(first, ast.Raise) and "PermissionDenied" in ast.unparse(first):
            number = self.number("guard", node.test)
            node.test = ast.BoolOp(ast.And(), [self.is_on(number), node.test])
            node.orelse = [self.visit(each) for each in node.orelse]
            return node
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> Any:
        if _called(node.value) in {
            "require_writing",
            "_require_editor",
            "_for_writers",
        }:
            number = self.number("guard", node)
            return ast.If(self.is_on(number), [node], [])
        return self.generic_visit(node)

    # Expressions

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        self.generic_visit(node)
        is_read = isinstance(node.ctx, ast.Load)
        if is_read and self.is_desk and node.attr in ATTRIBUTES:
            number = self.number("question", node)
            return ast.BoolOp(ast.Or(), [self.switch("is_off", number), node])
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        original = copy.deepcopy(node)
        self.generic_visit(node)
        name = _called(node)
        if name == "admin_view" or name in self.aliases[-1]:
            number = self.number("address", original)
            return self.switch("wrapper", number, node, copy.deepcopy(node.args[0]))
        answer = self.answer(name)
        if answer is not None:
            number = self.number("question", original)
            off = self.switch("is_off", number)
            if answer:
                return ast.BoolOp(ast.Or(), [off, node])
            return ast.BoolOp(ast.And(), [self.is_on(number), node])
        return self._rows(name, node, original)

    def _rows(self, name: str, node: ast.Call, original: ast.Call) -> ast.expr:
        """What narrows rows, with a switch; anything else as it is."""
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name == "limit_to_visible":
            find = _given("request_", node, 1)
            number = self.number("rows", original)
            return self.switch("rows_of", number, find, original.args[1])
        if name == "refuse_unpublished":
            number = self.number("rows", original)
            return ast.IfExp(self.is_on(number), node, ast.Constant(None))
        if name == "published_q":
            return self.switch("condition", self.number("visibility", original), node)
        if receiver is None:
            return node
        if name == "get_queryset" and not _is_super(receiver) and node.args:
            number = self.number("rows", original)
            return self.switch("rows_of", number, node.func, node.args[0])
        if name == "status" and re.search(r"views|drafts", self.path):
            return self.switch("status", self.number("visibility", original), node)
        told = ", ".join(map(ast.unparse, [*original.args, *original.keywords]))
        is_own = self.is_desk or "issues/models" in self.path
        # What narrows a list because somebody asked for that hides nothing.
        is_asked_for = self.inside[-1:] == ["queryset"]
        if name == "published" or (
            name in {"filter", "exclude"}
            and is_own
            and not is_asked_for
            and OWN.search(told)
        ):
            kind = "visibility" if name == "published" else "rows"
            number = self.number(kind, original)
            rows = ast.arguments([], [ast.arg("rows_")], None, [], [], None, [])
            node.func = ast.Attribute(ast.Name("rows_", ast.Load()), name, ast.Load())
            return self.switch("narrowed", number, receiver, ast.Lambda(rows, node))
        return node


def _called(node: ast.AST) -> str:
    """The last name of what is called, or of what is named."""
    if isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "attr", getattr(node, "id", ""))


def _given(name: str, call: ast.Call, place: int) -> ast.Lambda:
    """The call as a function of one of what it is given."""
    args = [*call.args]
    args[place] = ast.Name(name, ast.Load())
    taken = ast.arguments([], [ast.arg(name)], None, [], [], None, [])
    return ast.Lambda(taken, ast.Call(call.func, args, call.keywords))


def _is_super(node: ast.expr) -> bool:
    return _called(node) == "super"


class _Loader(SourceFileLoader):
    """Compiles from source, with switches; keeps no bytecode."""

    board: Switchboard

    def get_code(self, fullname: str) -> Any:
        switched = _switched(self.board, Path(self.path))
        return compile(ast.fix_missing_locations(switched), self.path, "exec")


def _switched(board: Switchboard, path: Path) -> Any:
    source = path.read_text()
    name = path.relative_to(ROOT).as_posix()
    return _Switches(board, name, source).visit(ast.parse(source))


def is_of_the_site(name: str) -> bool:
    """Whether a module is one of the site that runs: no migration, no command."""
    first, *others = name.split(".")
    return first in PACKAGES and not {"migrations", "management"} & {*others}


class _Finder:
    """Finds the site's own modules, but for migrations and commands."""

    def __init__(self, board: Switchboard) -> None:
        self.board = board

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if not is_of_the_site(name):
            return None
        spec: ModuleSpec | None = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            loader = _Loader(spec.loader.name, spec.loader.path)
            loader.board = self.board
            spec.loader = loader
        return spec


def find_all() -> list[Protection]:
    """Every protection, read from the source; nothing is imported."""
    board = Switchboard()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if is_of_the_site(".".join(path.relative_to(ROOT).parts)):
                _switched(board, path)
    return board.found


def install() -> Switchboard:
    """Modules of the site that are imported from now on have switches."""
    board = Switchboard()
    setattr(builtins, NAME, board)
    sys.meta_path.insert(0, _Finder(board))
    return board
