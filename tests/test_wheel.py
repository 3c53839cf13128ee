"""What is installed from a built wheel: the product, with its page and its graph, and nothing else."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.test_quality import PRODUCT, ROOT


def test_the_wheel_has_every_file_of_the_product(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")

    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}

    files = [path for layer in PRODUCT for path in (ROOT / layer).rglob("[!.]*") if path.is_file()]
    assert packed == {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert {"gateway/console/index.html", "gateway/console/views/home.js", "schema/schema.graphql"} < packed
    # Without it a type checker looks at nothing of a package, however well typed (PEP 561).
    assert {f"{layer}/py.typed" for layer in PRODUCT} < packed
