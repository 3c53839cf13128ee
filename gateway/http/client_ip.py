"""Where a request comes from, as far as that can be known: behind proxies, what the trusted ones say."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope


def validate_proxies(proxies: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses and networks, each as it is written in Python. Raises ValueError."""
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError:
            raise ValueError(f"has {proxy!r}, which is no IP address and no network such as 10.0.0.0/8") from None
    return proxies


def client_ip(scope: Scope) -> str | None:
    """The client's address; of IPv6 its network, because whoever has one address there has all the others in it."""
    client = scope.get("client")
    return _normalize(client[0]) if client else None


@lru_cache(maxsize=1024)
def _normalize(text: str) -> str | None:
    # Cached: a connection's requests all come from the same one.
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((int(address), 64), strict=False))
    return str(address)
