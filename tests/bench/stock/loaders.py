"""The loaders of a request: rows of SQLModel, made into the types of the graph."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import strawberry
from aiodataloader import DataLoader
from sqlalchemy import ARRAY, ColumnElement, Uuid, column, func, literal, table, text, true
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import aliased
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from db import enums, tables
from tests.bench.stock.types import (
    Account,
    Key,
    LicenseKey,
    Money,
    Order,
    OrderLine,
    PaymentMethod,
    Product,
    ProductOverview,
    Subscription,
)

Sessions = async_sessionmaker[AsyncSession]

_CENT, _YEN = Decimal("0.01"), Decimal(1)


_OVERVIEW = [name for name in ProductOverview.__dataclass_fields__ if name != "product"]


class Loaders:
    """The loaders of one request. Each batch takes a session of its own, because one session runs one statement."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._paged: dict[Any, DataLoader[Any, Any]] = {}
        self.account: DataLoader[UUID, Any] = DataLoader(self._accounts)
        self.product: DataLoader[str, Product] = DataLoader(self._products)
        self.payment_method: DataLoader[Key, PaymentMethod | None] = DataLoader(self._payment_methods)
        self.lines: DataLoader[Key, list[OrderLine]] = DataLoader(self._lines)
        self.seats: DataLoader[Key, tuple[int, int, int]] = DataLoader(self._seats)

    def license_keys(self, first: int) -> DataLoader[Key, list[LicenseKey]]:
        return self._pages(_license_key, tables.LicenseKey, first, "kind", "id")

    def orders(self, first: int) -> DataLoader[Key, list[Order]]:
        return self._pages(_order, tables.Order, first, "-placed_at", "-id")

    def _pages(self, made: Callable[[Any], Any], model: Any, first: int, *order: str) -> DataLoader[Key, list[Any]]:
        """Pages of the model's rows by their subscription."""

        async def batch(keys: list[Key]) -> list[list[Any]]:
            parents = _parents(keys)
            page = select(model).where(
                model.account_id == parents.c.account_id, model.subscription_id == parents.c.row_id
            )
            entity = aliased(model, page.order_by(*_ordered(model, order)).limit(first).lateral())
            found = select(parents.c.position, entity).join(entity, true())
            return await self._dealt(found.order_by(parents.c.position, *_ordered(entity, order)), len(keys), made)

        return self._paged.setdefault((model, first), DataLoader(batch))

    def subscriptions(self, first: int, renewal: enums.AutoRenewal | None) -> DataLoader[UUID, list[Subscription]]:
        async def batch(ids: list[UUID]) -> list[list[Subscription]]:
            model: Any = tables.Subscription
            parents = _parents([(row_id, row_id) for row_id in ids])
            page = select(model).where(model.account_id == parents.c.account_id)
            if renewal is not None:
                page = page.where(model.auto_renewal == renewal)
            entity: Any = aliased(model, page.order_by(_ends_on(model), model.id).limit(first).lateral())
            found = select(parents.c.position, entity).join(entity, true())
            ordered = found.order_by(parents.c.position, _ends_on(entity), entity.id)
            return await self._dealt(ordered, len(ids), _subscription)

        return self._paged.setdefault((first, renewal), DataLoader(batch))

    async def subscription(self, account_id: UUID, row_id: UUID) -> Subscription | None:
        async with self._sessions() as session:
            row = await session.get(tables.Subscription, (account_id, row_id))
        return _subscription(row) if row else None

    async def total(self, account_id: UUID, renewal: enums.AutoRenewal | None) -> int:
        counted = select(func.count()).where(tables.Subscription.account_id == account_id)
        if renewal is not None:
            counted = counted.where(tables.Subscription.auto_renewal == renewal)
        async with self._sessions() as session:
            return (await session.exec(counted)).one()

    async def overviews(self, account_id: UUID) -> list[ProductOverview]:
        view = table("product_overviews", *map(column, _OVERVIEW), schema="bench")
        chosen: Any = select(*view.c).where(column("account_id") == account_id).order_by(view.c.product_code)
        async with self._sessions() as session:
            rows = (await session.exec(chosen)).all()
        return [ProductOverview(**row._mapping) for row in rows]

    async def _accounts(self, ids: list[UUID]) -> list[Account | None]:
        model: Any = tables.Account
        async with self._sessions() as session:
            rows = (await session.exec(select(tables.Account).where(model.id.in_(ids)))).all()
        by_id = {row.id: Account(id=_global_id("acc", row.id), row_id=row.id, name=row.name) for row in rows}
        return [by_id.get(row_id) for row_id in ids]

    async def _products(self, codes: list[str]) -> list[Product]:
        model: Any = tables.Product
        async with self._sessions() as session:
            rows = (await session.exec(select(tables.Product).where(model.code.in_(codes)))).all()
        by_code = {row.code: row for row in rows}
        return [
            Product(code=row.code, name=row.name, edition=row.edition, grace_days=row.grace_days)
            for row in (by_code[code] for code in codes)
        ]

    async def _payment_methods(self, keys: list[Key]) -> list[PaymentMethod | None]:
        model: Any = tables.PaymentMethod
        chosen = select(tables.PaymentMethod).where(
            model.account_id.in_({account for account, _ in keys}), model.id.in_([row_id for _, row_id in keys])
        )
        async with self._sessions() as session:
            by_key = {(row.account_id, row.id): _payment_method(row) for row in (await session.exec(chosen)).all()}
        return [by_key.get(key) for key in keys]

    async def _lines(self, keys: list[Key]) -> list[list[OrderLine]]:
        parents, model = _parents(keys), cast(Any, tables.OrderLine)
        matches = (model.account_id == parents.c.account_id) & (model.order_id == parents.c.row_id)
        found = select(parents.c.position, model).join(model, matches).order_by(parents.c.position, model.position)
        return await self._dealt(found, len(keys), _line)

    async def _seats(self, keys: list[Key]) -> list[tuple[int, int, int]]:
        parents, k = _parents(keys), cast(Any, tables.LicenseKey)
        reserved = k.allocation == enums.Allocation.RESERVED
        live = func.coalesce(k.expires_on, date.max) >= datetime.now(UTC).date()
        sums = (
            func.coalesce(func.sum(k.used), 0),
            func.coalesce(func.sum(k.quota).filter(reserved), 0),
            func.coalesce(func.sum(k.quota).filter(reserved), 0)
            + func.coalesce(func.sum(k.used).filter(reserved.is_not(True)), 0),
        )
        matches = (k.account_id == parents.c.account_id) & (k.subscription_id == parents.c.row_id) & live
        found = select(parents.c.position, *sums).join(k, matches, isouter=True).group_by(parents.c.position)
        async with self._sessions() as session:
            by_position = {row[0]: tuple(row[1:]) for row in await session.exec(found)}
        return [cast(tuple[int, int, int], by_position[position]) for position in range(1, len(keys) + 1)]

    async def _dealt(self, statement: Any, parents: int, made: Callable[[Any], Any]) -> list[list[Any]]:
        groups: list[list[Any]] = [[] for _ in range(parents)]
        async with self._sessions() as session:
            for position, row in await session.exec(statement):
                groups[position - 1].append(made(row))
        return groups


def _parents(keys: Sequence[Key]) -> Any:
    """The keys as a table, with their position from 1."""
    arrays = [literal([key[part] for key in keys], ARRAY(Uuid)) for part in (0, 1)]
    columns = (column("account_id", Uuid), column("row_id", Uuid))
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="position", name="k").render_derived()


def _ordered(entity: Any, names: Sequence[str]) -> list[Any]:
    return [getattr(entity, name[1:]).desc() if name[0] == "-" else getattr(entity, name) for name in names]


def _ends_on(subscription: Any) -> ColumnElement[date]:
    return func.coalesce(subscription.expires_on, text("'infinity'::date"))


def _global_id(prefix: str, *parts: UUID) -> strawberry.ID:
    return strawberry.ID("_".join((prefix, *map(str, parts))))


def _subscription(row: tables.Subscription) -> Subscription:
    return Subscription(
        id=_global_id("sub", row.account_id, row.id),
        row=row,
        number=row.number,
        display_name=row.display_name,
        auto_renewal=enums.AutoRenewal(row.auto_renewal),
        channel=row.channel,
        activated_on=row.activated_on,
        expires_on=row.expires_on,
        term_months=row.term_months,
        license_count=row.license_count,
        is_trial=row.is_trial,
    )


def _license_key(row: tables.LicenseKey) -> LicenseKey:
    return LicenseKey(
        id=_global_id("key", row.account_id, row.id),
        name=row.name,
        kind=row.kind,
        allocation=row.allocation,
        quota=row.quota,
        used=row.used,
        registered_at=row.registered_at,
    )


def _order(row: tables.Order) -> Order:
    return Order(
        id=_global_id("ord", row.account_id, row.id),
        key=(row.account_id, row.id),
        number=row.number,
        placed_at=row.placed_at,
        status=row.status,
        kind=row.kind,
        total=_money(row.total, row.currency),
    )


def _line(row: tables.OrderLine) -> OrderLine:
    price = _money(row.unit_price, row.currency)
    return OrderLine(product_code=row.product_code, quantity=row.quantity, unit_price=price)


def _money(amount: Decimal, currency: str) -> Money:
    # The driver leaves out the zeros of a whole amount, of which the yen has none.
    return Money(amount=amount.quantize(_YEN if currency == "JPY" else _CENT), currency=currency)


def _payment_method(row: tables.PaymentMethod) -> PaymentMethod:
    return PaymentMethod(
        id=_global_id("pay", row.account_id, row.id),
        kind=row.kind,
        brand=row.brand,
        last4=row.last4,
        expires_on=row.expires_on,
    )
