"""How every mutation runs: input checked, one transaction, a verdict or the objects that it changed.

A mutation is a function of a `Call` and its input, which says in `mutation(…)` what it may be refused with.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from inspect import Parameter, Signature, cleandoc, get_annotations
from typing import Any

import strawberry
from asyncpg import Connection

from db.changes import idempotency, key_attempts, transactions
from db.changes.context import NOWHERE, Act, RowKey
from db.changes.idempotency import Once, Result
from db.changes.registration import TypedKey
from db.errors import Refused, UserErrorCode
from db.ids import parse
from schema.context import Context, Info, Services
from schema.dsl.inputs import Repeatable, breaches, has_rules
from schema.dsl.payloads import Answer, UserError, user_error

CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a mutation, within its transaction."""

    conn: Connection
    act: Act
    means: Services
    typed: TypedKey | None = None

    @property
    def key(self) -> TypedKey:
        """The licence key that was typed, its try counted."""
        assert self.typed is not None, "declare the mutation with tries_key"
        return self.typed


Body = Callable[[Call, Any], Awaitable[Result]]
"""Returns, by the names of the payload's fields, the keys of rows and flags. Raises Refused."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What is declared of a mutation."""

    name: str
    body: Body
    input_type: type
    codes: tuple[UserErrorCode, ...]
    """All that it can answer, in the order of their checks."""
    each: tuple[UserErrorCode, ...]
    """What single entries of a list can be answered."""
    scope: str | None
    tries_key: bool

    @property
    def description(self) -> str:
        needs = f" Needs the scope {self.scope}." if self.scope else ""
        entries = f" For single entries {', '.join(self.each)}." if self.each else ""
        return f"{cleandoc(self.body.__doc__ or '')}{needs}\nAnswers {', '.join(self.codes)}.{entries}"


def mutation(
    *codes: UserErrorCode, each: tuple[UserErrorCode, ...] = (), scope: str | None = None, tries_key: bool = False
) -> Callable[[Body], Any]:
    """Declare a function as the field of its name. `codes` are those it adds to what its input and `scope` imply.

    `each` are those of single entries, of which others may be good.
    With `scope` it is for whoever has that, in any account. With `tries_key` its input has a licence key, and who
    tries too many is told so by the key's look-up.
    """

    def declare(body: Body) -> Any:
        input_type = get_annotations(body)["given"]
        every = (*_implied(input_type, scope), *codes)
        contract = Contract(body.__name__, body, input_type, every, each, scope, tries_key)

        async def resolve(root: Any, info: Info, input: Any) -> Answer:
            return await _answer(contract, info, input)

        _sign(resolve, input_type)
        return strawberry.mutation(resolver=resolve, description=contract.description, metadata={CONTRACT: contract})

    return declare


def row(prefix: str, id_: str) -> RowKey:
    """The key in a global id of that type; one that leads nowhere when it is no such id."""
    found = parse(id_)
    if found is None or found[0] != prefix or len(found[1]) != 2:
        return NOWHERE
    account_id, row_id = found[1]
    return account_id, row_id


def optional_row(prefix: str, id_: str | None) -> RowKey | None:
    return None if id_ is None else row(prefix, id_)


def account(id_: str) -> Any:
    """As `row`, of an account's id."""
    found = parse(id_)
    return found[1][0] if found is not None and found[0] == "acc" and len(found[1]) == 1 else NOWHERE[0]


def _implied(input_type: type, scope: str | None) -> list[UserErrorCode]:
    implied = [UserErrorCode.INVALID_INPUT] if has_rules(input_type) else []
    if scope is not None:
        implied.append(UserErrorCode.FORBIDDEN)
    if issubclass(input_type, Repeatable):
        implied += [UserErrorCode.IDEMPOTENCY_KEY_REUSED, UserErrorCode.IDEMPOTENCY_IN_PROGRESS]
    return implied


def _sign(resolver: Any, input_type: type) -> None:
    """Strawberry reads a field's arguments off the resolver's signature."""
    kind = Parameter.POSITIONAL_OR_KEYWORD
    annotations = {"root": Any, "info": Info, "input": input_type}
    resolver.__signature__ = Signature([Parameter(name, kind, annotation=type_) for name, type_ in annotations.items()])


async def _answer(contract: Contract, info: Info, given: Any) -> Answer:
    if found := breaches(given):
        code = UserErrorCode.INVALID_INPUT
        return Answer({}, tuple(UserError(code=code, field=list(path), message=text) for path, text in found))
    act = _act(contract, info.context)
    try:
        return Answer(await _committed(contract, info, act, given), act=act, given=given)
    except Refused as refused:
        return Answer(refused.about, (verdict(contract, refused, given),))
    finally:
        info.context.clear_loaders()


def _act(contract: Contract, context: Context) -> Act:
    viewer = context.viewer
    for_store = contract.scope is not None
    return Act(viewer.user_id, viewer.subject, context.now, context.request_info.request_id, for_store, viewer.email)


async def _committed(contract: Contract, info: Info, act: Act, given: Any) -> Result:
    context = info.context
    if contract.scope is not None and contract.scope not in context.viewer.scopes:
        raise Refused(UserErrorCode.FORBIDDEN, sentence=f"This needs a token with the scope {contract.scope}.")
    once = _once(info, given)

    async def run(conn: Connection) -> Result:
        async with _typed(contract, context, conn, act, given) as typed:
            call = Call(conn, act, context.services, typed)
            return await transactions.commit(conn, lambda: _effect(contract, call, given, once))

    return await context.with_connection(run)


async def _effect(contract: Contract, call: Call, given: Any, once: Once | None) -> Result:
    """What the body does, or what it did when this call came before."""
    if once is None:
        return await contract.body(call, given)
    before = await idempotency.earlier(call.conn, once, call.act.now)
    if before is not None:
        return before
    result = await contract.body(call, given)
    await idempotency.keep(call.conn, once, result)
    return result


def _typed(
    contract: Contract, context: Context, conn: Connection, act: Act, given: Any
) -> AbstractAsyncContextManager[TypedKey | None]:
    if not contract.tries_key:
        return nullcontext()
    means = context.services
    return key_attempts.counted(
        conn, act, means.keyring, given.key, context.request_info.client_ip, means.attempt_limits
    )


def _once(info: Info, given: Any) -> Once | None:
    key = given.idempotency_key if isinstance(given, Repeatable) else None
    if key is None:
        return None
    context: Context = info.context
    sent = {name: value for name, value in info.arguments["input"].items() if name != "idempotencyKey"}
    viewer = f"user {context.viewer.user_id}" if context.viewer.user_id else f"service {context.viewer.subject}"
    digests = context.services.keyring.digests(json.dumps(sent, sort_keys=True, default=str))
    return Once(viewer, info.field_name, key, digests)


def verdict(contract: Contract, refused: Refused, given: Any) -> UserError:
    """A refusal as the payload shows it. One that is not declared is a fault: the published graph would be wrong."""
    assert refused.code in contract.codes, f"{contract.name} does not declare {refused.code}"
    return user_error(refused, given)
