"""What is handed to a stranger: the README's commands and settings, the image, the compose file."""

import re
from pathlib import Path

from gateway.cli.main import app
from gateway.operations.errors import ErrorCode
from gateway.settings import Settings, env_name

ROOT = Path(__file__).parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_names_every_setting() -> None:
    readme = read("README.md")

    assert [name for name in map(env_name, Settings.model_fields) if f"`{name}`" not in readme] == []


def test_the_readme_explains_every_code() -> None:
    explained = re.findall(r"^\| (`[A-Z_`, ]+`) \| [0-9]", read("README.md"), re.MULTILINE)

    assert sorted(re.findall(r"[A-Z_]+", " ".join(explained))) == sorted(ErrorCode)


def test_the_readme_names_every_command() -> None:
    names = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]

    assert names == ["demo", "serve", "migrate", "seed", "rotate-keys", "token", "schema", "doctor"]
    assert [name for name in names if f"`licet {name}" not in read("README.md")] == []


def test_the_readme_and_the_package_name_the_same_pythons() -> None:
    classified = re.findall(r"Programming Language :: Python :: (3\.\d+)", read("pyproject.toml"))
    (named,) = re.findall(r"^Python ((?:3\.\d+(?:, | or )?)+) on Linux", read("README.md"), re.MULTILINE)

    assert re.split(", | or ", named) == classified


def test_both_commands_of_the_readme_are_one_line_with_pinned_versions() -> None:
    commands = re.findall(r"^python3 -m venv .*$", read("README.md"), re.MULTILINE)

    assert [command.split(" && ")[-1] for command in commands] == [".venv/bin/licet demo", ".venv/bin/pytest -n 2"]
    assert [command for command in commands if " -c constraints.txt " not in command] == []


def test_the_compose_file_publishes_on_this_machine_only() -> None:
    published = re.findall(r'^ +- "(.*:\d+)"$', read("docker-compose.yml"), re.MULTILINE)

    assert published == ["127.0.0.1:8000:8000"]


def test_the_image_serves_as_an_ordinary_user() -> None:
    instructions = [line for line in read("Dockerfile").splitlines() if line.startswith(("USER", "CMD"))]

    assert instructions == ["USER licet", 'CMD ["licet", "serve", "--host", "0.0.0.0"]']


def test_the_image_can_send_traces() -> None:
    installed = re.findall(r"pip install .* -c constraints.txt (.*)$", read("Dockerfile"), re.MULTILINE)

    assert installed == ["'.[traces]'"]
