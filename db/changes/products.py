"""The products that something new is about: they must be there."""

from collections.abc import Sequence

from asyncpg import Connection

from db.user_errors import MutationRefused, UserErrorCode

_KNOWN = "SELECT code FROM products WHERE code = ANY ($1)"


async def require_products(conn: Connection, codes_by_path: Sequence[tuple[tuple[str, ...], str]]) -> None:
    """Raises PRODUCT_NOT_FOUND for the first code that no product has; each stands beside its path in the input."""
    known = {row["code"] for row in await conn.fetch(_KNOWN, [code for _, code in codes_by_path])}
    for path, code in codes_by_path:
        if code not in known:
            raise MutationRefused(UserErrorCode.PRODUCT_NOT_FOUND, *path)
