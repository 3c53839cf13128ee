"""Whether everybody answers the same: each answer of each contender, brought into one form and compared."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from tests.bench.contenders import Contender
from tests.bench.errors import BenchmarkError
from tests.bench.questions import Question
from tests.bench.servers import Served

TIMEOUT = 60.0  # seconds an answer may take
AT_ONCE = 4


class TooSlow(BenchmarkError):
    """An answer that did not come in time."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the smallest and the largest whole response, and the seconds that one took."""

    least: int
    most: int
    seconds: float


async def check(question: Question, served: Served, token: str, expected: list[Any]) -> Sizes:
    """Ask all of it; the answers become `expected` when that is empty. Raises BenchmarkError, or TooSlow."""
    queue = asyncio.Semaphore(AT_ONCE)

    async def ask(body: bytes) -> tuple[int, Any, float]:
        async with queue:
            began = asyncio.get_running_loop().time()
            try:
                size, answer = await exchange(served.ports[0], request(served.contender, token, body))
            except TimeoutError as error:
                raise _late(question, served.contender) from error
            return size, answer, asyncio.get_running_loop().time() - began

    asked = await asyncio.gather(*(ask(body) for body in question.bodies(served.contender.dialect)))
    answers = [_data(question, served.contender, answer) for _, answer, _ in asked]
    if not expected:
        expected.extend(answers)
    for variables, one, other in zip(question.asked, expected, answers, strict=True):
        if place := difference(one, other):
            name = served.contender.title
            raise BenchmarkError(
                f"{name} answers {question.name} of {orjson.dumps(variables)[:200]!r} otherwise at {place}."
            )
    sizes = [size for size, _, _ in asked]
    return Sizes(min(sizes), max(sizes), max(seconds for _, _, seconds in asked) / min(AT_ONCE, len(asked)))


def request(contender: Contender, token: str, body: bytes) -> bytes:
    """The bytes of a request, as the load generator sends them."""
    head = (
        f"POST {contender.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def exchange(port: int, request: bytes) -> tuple[int, Any]:
    """The size of the whole response, and what its body says."""
    async with asyncio.timeout(TIMEOUT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:-2])
            body = await reader.readexactly(int(fields[b"content-length"]))
        finally:
            writer.close()
    return len(head) + len(body), orjson.loads(body)


def _data(question: Question, contender: Contender, answer: Any) -> Any:
    if not answer.get("data") or answer.get("errors"):
        if any(_code(error) == "TIMEOUT" for error in answer.get("errors", ())):
            raise _late(question, contender)
        said = orjson.dumps(answer)[:500].decode(errors="replace")
        raise BenchmarkError(f"{contender.title} does not answer {question.name}: {said}")
    return plain(answer["data"])


def _code(error: Any) -> Any:
    return error.get("extensions", {}).get("code")


def _late(question: Question, contender: Contender) -> TooSlow:
    return TooSlow(f"{contender.title} takes too long to answer {question.name}: it is left out.")


def plain(value: Any) -> Any:
    """Without what may differ: `a__b` is b in a, and an instant is the same in any notation."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str):
        return _instant(value)
    if not isinstance(value, dict):
        return value
    flat: dict[str, Any] = {}
    for name, each in value.items():
        outer, inside, inner = name.partition("__")
        if inside:
            flat.setdefault(outer, {})[inner] = plain(each)
        else:
            flat[name] = plain(each)
    return flat


def _instant(text: str) -> str:
    if text[4:5] == "-" and text[10:11] == "T":
        return datetime.fromisoformat(text).isoformat()
    return text


def difference(one: Any, other: Any, place: str = "data") -> str | None:
    """Where the two part; None when they are the same."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(filter(None, (difference(one[name], other[name], f"{place}.{name}") for name in one)), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next(filter(None, (difference(a, b, f"{place}[{index}]") for index, (a, b) in pairs)), None)
    return None if one == other else place
