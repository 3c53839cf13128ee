"""What the cache keeps, and what it evicts when it is full."""

from gateway.lru_cache import LRUCache


def test_the_least_recently_used_goes_first() -> None:
    kept: LRUCache[str, int] = LRUCache(2)

    kept.put("a", 1)
    kept.put("b", 2)
    kept.get("a")
    kept.put("c", 3)

    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_a_heavy_value_evicts_several_light_ones() -> None:
    kept: LRUCache[str, int] = LRUCache(10)

    for key in "abc":
        kept.put(key, 1, 3)
    kept.put("d", 4, 6)

    assert [kept.get(key) for key in "abcd"] == [None, None, 1, 4]


def test_a_value_heavier_than_the_capacity_is_not_cached() -> None:
    kept: LRUCache[str, int] = LRUCache(10)

    assert kept.put("a", 1, 11) == 1

    assert (kept.get("a"), len(kept)) == (None, 0)


def test_a_value_put_again_weighs_once() -> None:
    kept: LRUCache[str, int] = LRUCache(10)

    for value in range(5):
        kept.put("a", value, 6)
    kept.put("b", 5, 4)

    assert (kept.get("a"), kept.get("b")) == (4, 5)
