"""What we use of other libraries that they do not document: listed in tests/private_apis.py, there, and bounded."""

import ast
import dis
import inspect
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.private_apis import FIXED_VERSION_PARTS, PRIVATE_APIS, PrivateApi
from tests.test_quality import PRODUCT, ROOT

# Documented, in spite of their underscores.
NAMED_TUPLE = {"_asdict", "_fields", "_replace"}


def is_private(name: str) -> bool:
    return re.match("_[^_]", name) is not None and name not in NAMED_TUPLE


def resolve(owner: str) -> Any:
    module, _, class_ = owner.partition(":")
    found = import_module(module)
    return getattr(found, class_) if class_ else found


def has(owner: Any, name: str) -> bool:
    """Whether it is an attribute, or one that the methods of a class give to its objects."""
    if hasattr(owner, name) or not inspect.isclass(owner):
        return hasattr(owner, name)
    return any(name in {*inspect.get_annotations(class_), *instance_attributes(class_)} for class_ in owner.__mro__)


def instance_attributes(class_: type) -> set[str]:
    functions = [method for method in vars(class_).values() if isinstance(method, FunctionType)]
    instructions = [instruction for function in functions for instruction in dis.get_instructions(function)]
    return {instruction.argval for instruction in instructions if instruction.opname == "STORE_ATTR"}


@pytest.mark.parametrize("api", PRIVATE_APIS, ids=lambda api: api.owner)
def test_what_we_use_is_there(api: PrivateApi) -> None:
    owner = resolve(api.owner)

    assert [name for name in api.names if not has(owner, name)] == []


@pytest.mark.parametrize("api", PRIVATE_APIS, ids=lambda api: api.owner)
def test_what_is_listed_is_used_where_it_says(api: PrivateApi) -> None:
    words = set(re.findall(r"\w+", (ROOT / api.file).read_text(encoding="utf-8")))

    assert [name for name in api.names if name not in words] == []


def test_every_library_in_the_list_is_bounded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {found.name: found.specifier for found in map(Requirement, project["dependencies"])}

    for library in {api.library for api in PRIVATE_APIS}:
        bounds = {bound.operator: Version(bound.version) for bound in asked[library]}
        *fixed, last = bounds[">="].release[: FIXED_VERSION_PARTS[library]]
        assert bounds["<"].release == (*fixed, last + 1), library


def test_nothing_private_of_others_is_used_that_is_not_listed() -> None:
    listed = {(api.file, name) for api in PRIVATE_APIS for name in api.names if is_private(name)}

    accessed = {(file, name) for file, tree in sources() for name in private_accesses(tree)}
    overridden = {(file, name) for file, tree in sources() for name in private_overrides(file, tree)}

    assert accessed | overridden == listed


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in (path for layer in PRODUCT for path in (ROOT / layer).rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def private_accesses(tree: ast.Module) -> Iterator[str]:
    """Private names that are asked of anything but `self`, or of `self` where this file gives it none of that name."""
    own = set(own_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            of_self = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if not of_self or node.attr not in own:
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in PRODUCT:
            yield from filter(is_private, [*(node.module or "").split("."), *(alias.name for alias in node.names)])


def own_names(tree: ast.AST) -> Iterator[str]:
    """The names of what a file defines and sets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def private_overrides(file: str, tree: ast.Module) -> Iterator[str]:
    """Private names that a class of ours defines and one that it inherits from, and is not ours, has too."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.bases:
            class_ = getattr(import_module(file.removesuffix(".py").replace("/", ".")), node.name)
            bases = [base for base in class_.__mro__ if base.__module__.split(".")[0] not in PRODUCT]
            yield from (name for name in own_names(node) if is_private(name) and any(has(base, name) for base in bases))
