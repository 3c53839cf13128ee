"""What administrators do with the devices that products are activated on."""

from asyncpg import Connection

from db import tables
from db.changes import seats
from db.changes.act import Act, RowKey, change
from db.changes.locks import hold_activation
from db.enums import ActivationStatus


async def deactivate(conn: Connection, act: Act, activation: RowKey) -> bool:
    """Whether it took a seat until now. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    of = (ActivationStatus.ACTIVE,)
    return await _change(conn, act, activation, of, ActivationStatus.DEACTIVATED, "activation.deactivated")


async def block(conn: Connection, act: Act, activation: RowKey) -> bool:
    """Whether it is blocked only now, on every key of its subscription. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    of = (ActivationStatus.ACTIVE, ActivationStatus.DEACTIVATED)
    return await _change(conn, act, activation, of, ActivationStatus.BLOCKED, "activation.blocked")


async def lift_block(conn: Connection, act: Act, activation: RowKey) -> bool:
    """Whether it was blocked. It takes a seat when it activates again. Raises ACTIVATION_NOT_FOUND, FORBIDDEN."""
    of = (ActivationStatus.BLOCKED,)
    return await _change(conn, act, activation, of, ActivationStatus.DEACTIVATED, "activation.unblocked")


async def _change(
    conn: Connection,
    act: Act,
    activation: RowKey,
    of: tuple[ActivationStatus, ...],
    status: ActivationStatus,
    action: str,
) -> bool:
    now = await hold_activation(conn, act, activation)
    if now["status"] not in of:
        return False
    if now["status"] == ActivationStatus.ACTIVE:
        await seats.give_back(conn, (activation[0], now["license_key_id"]))
    return await change(conn, act, tables.Activation, now, action, status=status)
