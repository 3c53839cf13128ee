"""Where a request comes from."""

from typing import Any

import pytest

from gateway.http.client_ip import client_ip, validate_proxies


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("a socket", None),
        ("", None),
    ],
)
def test_a_client_is_known_by_its_address_or_its_network(peer: str, address: str | None) -> None:
    assert client_ip({"client": (peer, 1)}) == address


@pytest.mark.parametrize("scope", [{}, {"client": None}])
def test_who_comes_over_a_socket_of_this_machine_has_no_address(scope: dict[str, Any]) -> None:
    assert client_ip(scope) is None


def test_proxies_are_addresses_and_networks() -> None:
    proxies = ("127.0.0.1", "10.0.0.0/8", "2001:db8::/32")

    assert validate_proxies(proxies) == proxies


@pytest.mark.parametrize("proxy", ["*", "proxy.example.com", "10.0.0.1/8"])
def test_what_is_no_address_is_no_proxy(proxy: str) -> None:
    with pytest.raises(ValueError, match="no IP address and no network"):
        validate_proxies((proxy,))
