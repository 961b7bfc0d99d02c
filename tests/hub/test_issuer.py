"""The rate limit works, and its memory is bounded."""

from __future__ import annotations

from jupyter_slurm_rest.hub.issuer import MAX_KEYS, RateLimit


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_again() -> None:
    clock = Clock()
    limit = RateLimit(2, clock)
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]
    clock.now = 30.0
    assert [limit.allows("a") for _ in range(2)] == [True, False]


def test_strangers_fill_no_memory_and_free_nobody_who_goes_on_asking() -> None:
    clock = Clock()
    limit = RateLimit(2, clock)
    for number in range(3 * MAX_KEYS):
        limit.allows(f"stranger {number}")
        if number % 1000 == 0:
            # The user whose last request is oldest is forgotten first.
            assert limit.allows("a") is (number < 2000)
    assert len(limit) <= MAX_KEYS
    clock.now = 60.0
    for _ in range(MAX_KEYS):
        limit.allows("a")
    assert len(limit) == 1
