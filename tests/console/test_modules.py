"""The console's modules: who may import whom, and that no import leads back to where it came from."""

import os
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from pathlib import Path

import pytest

CONSOLE = Path(str(files("gateway"))) / "console"
# Static and dynamic alike: `from "./x.js"`, `import "./x.js"`, `import("./x.js")`. Types in comments load nothing.
IMPORTED = re.compile(r'\b(?:from|import)\s*\(?\s*"(?P<path>\.[^"]+)"')
COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
# By folder, and for the modules at the top by file, what each may import besides its own.
ALLOWED: Mapping[str, set[str]] = {
    "locales": set(),
    "lib": {"locales"},
    "components": {"lib"},
    "router.js": {"components", "lib"},
    "actions": {"router.js", "components", "lib"},
    "views": {"actions", "router.js", "components", "lib"},
    "main.js": {"views", "actions", "router.js", "components", "lib"},
    "explorer": {"components", "lib"},
}


def imported(module: Path) -> Iterator[str]:
    for found in IMPORTED.finditer(COMMENT.sub("", module.read_text(encoding="utf-8"))):
        target = os.path.normpath(module.parent / found["path"])
        assert Path(target).is_file(), f"{module} imports {found['path']}, which is not there"
        yield Path(target).relative_to(CONSOLE).as_posix()


@pytest.fixture(scope="module")
def imports() -> Mapping[str, set[str]]:
    """What each module imports."""
    return {module.relative_to(CONSOLE).as_posix(): set(imported(module)) for module in sorted(CONSOLE.rglob("*.js"))}


def test_no_import_leads_back(imports: Mapping[str, set[str]]) -> None:
    assert len(imports) > 30
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_each_module_imports_only_what_is_below_it(imports: Mapping[str, set[str]]) -> None:
    upwards = [
        f"{module} imports {target}"
        for module, targets in imports.items()
        for target in sorted(targets)
        if (ours := module.split("/")[0]) != (theirs := target.split("/")[0]) and theirs not in ALLOWED[ours]
    ]

    assert upwards == []


def test_catalogues_import_nothing(imports: Mapping[str, set[str]]) -> None:
    assert [module for module, targets in imports.items() if module.startswith("locales/") and targets] == []
