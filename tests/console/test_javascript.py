"""The console's JavaScript itself: its layout, what a linter finds in it, and its types."""

from pathlib import Path

import pytest

from tests import npm
from tests.console.test_modules import CONSOLE

TOOLS = Path(__file__).with_name("tools")
CHECKS = {
    "prettier": ["--check", f"--config={TOOLS / 'package.json'}", "**/*.js", f"{TOOLS}/*.js*"],
    "eslint": ["--max-warnings=0", f"--config={TOOLS / 'eslint.config.js'}", "."],
    "tsc": ["--project", str(TOOLS / "tsconfig.json")],
}


@pytest.mark.parametrize("tool", CHECKS)
def test_the_console_passes(tool: str) -> None:
    npm.install(TOOLS)

    npm.npm("exec", f"--prefix={TOOLS}", "--offline", "--", tool, *CHECKS[tool], within=CONSOLE)
