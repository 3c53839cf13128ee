"""Scenarios of mutations: for each code a case that is refused with it, and one in which the mutation succeeds.

Whatever must hold for all mutations is tested over the cases that succeed; adding one covers a new mutation.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from asyncpg import Connection
from graphql import GraphQLInputField, GraphQLInputObjectType, GraphQLObjectType, get_named_type

from db import tables
from db.license_key_custody.keyring import Keyring
from db.user_errors import UserErrorCode
from schema.dsl.fields import strawberry_field
from schema.dsl.mutations import MUTATION_SPEC, MutationSpec
from tests.conftest import Client
from tests.schema.walk import GRAPH, leaf_selection

ROOT = GRAPH.type_map["Mutation"]
assert isinstance(ROOT, GraphQLObjectType)

Input = dict[str, Any]


@dataclass(slots=True)
class Scenario:
    """A company of ada's, its member bob, and the product desktop."""

    conn: Connection
    client: Client
    client_without_processor: Client
    """Asks a service that no payment processor is connected to."""
    keyring: Keyring
    account: UUID
    bob: UUID
    """His membership."""
    to: str = "ada"
    claims: Input = field(default_factory=dict)

    def id(self, prefix: str, row: UUID, account: UUID | None = None) -> str:
        return f"{prefix}_{account or self.account}_{row}"

    @property
    def account_id(self) -> str:
        return f"acc_{self.account}"

    @property
    def actor(self) -> str:
        """What whoever asks is called in the audit trail."""
        return self.to if self.claims.get("email", "") is None else f"{self.to}@example.com"

    async def viewer(self) -> str:
        """In whose name an idempotency key is used."""
        user_id = await self.conn.fetchval("SELECT id FROM users WHERE subject = $1", self.to)
        return f"user {user_id}" if user_id else f"service {self.to}"

    def idempotency(self, mutation: str) -> Input:
        """The idempotency key, for a mutation that takes one."""
        return {"idempotencyKey": "once"} if "idempotencyKey" in input_fields(mutation) else {}

    async def run(self, mutation: str, given: Input, **asker: Any) -> Any:
        """The payload, with the values of its objects."""
        data = await self.client.ask(
            mutation_document(mutation), {"input": given}, **{"to": self.to, **self.claims, **asker}
        )
        return data["answer"]


Case = Callable[[Scenario], Awaitable[Input]]
Cases = dict[tuple[str, UserErrorCode | None], list[Case]]
"""By mutation and code; None for those that succeed."""


class CaseRegistry:
    """The cases of one module."""

    def __init__(self) -> None:
        self.cases: Cases = {}

    def register(self, mutation: str, code: UserErrorCode | None = None) -> Callable[[Case], Case]:
        """The input that the case makes of a scenario is refused with this code; without one, it succeeds."""

        def add(case: Case) -> Case:
            self.cases.setdefault((mutation, code), []).append(case)
            return case

        return add


def mutation_specs() -> dict[str, MutationSpec]:
    assert isinstance(ROOT, GraphQLObjectType)
    return {name: strawberry_field(field).metadata[MUTATION_SPEC] for name, field in ROOT.fields.items()}


def mutation_document(mutation: str) -> str:
    """The mutation of `$input`, as `answer`."""
    selection = _payload_selection(mutation)
    return f"mutation($input: {_input_type(mutation)}!) {{ answer: {mutation}(input: $input) {{ {selection} }} }}"


def input_fields(mutation: str) -> Mapping[str, GraphQLInputField]:
    fields: Mapping[str, GraphQLInputField] = _input_type(mutation).fields
    return fields


async def table_digests(conn: Connection) -> dict[str, str]:
    """A digest of every table but the attempts, which are counted whatever comes of them."""
    names = [table.name for table in tables.Base.metadata.sorted_tables if table.name != "key_attempts"]
    rows = "coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')"
    records = await conn.fetch(" UNION ALL ".join(f"SELECT '{name}', {rows} FROM {name} t" for name in names))
    return dict(tuple(record) for record in records)


def _input_type(mutation: str) -> GraphQLInputObjectType:
    assert isinstance(ROOT, GraphQLObjectType)
    type_ = get_named_type(ROOT.fields[mutation].args["input"].type)
    assert isinstance(type_, GraphQLInputObjectType)
    return type_


def _payload_selection(mutation: str) -> str:
    """A selection of the payload, and of the values that its objects hold."""
    assert isinstance(ROOT, GraphQLObjectType)
    type_ = get_named_type(ROOT.fields[mutation].type)
    assert isinstance(type_, GraphQLObjectType)
    targets = {name: get_named_type(field.type) for name, field in type_.fields.items()}
    return " ".join(
        f"{name} {{ {leaf_selection(target)} }}" if isinstance(target, GraphQLObjectType) else name
        for name, target in targets.items()
    )
