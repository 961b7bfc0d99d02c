from __future__ import annotations

import asyncio

import pytest

from jupyter_slurm_rest.tokens.errors import SourceMisconfigured, SourceUnreachable, TokenError
from jupyter_slurm_rest.tokens.provider import TokenProvider
from jupyter_slurm_rest.tokens.token import ExpectedUser, Token


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class CountingSource:
    name = "counting"
    remote = True

    def __init__(self, lifetime: float = 600) -> None:
        self.lifetime = lifetime
        self.fetches = 0
        self.error: TokenError | None = None
        self.newer = False

    async def fetch(self) -> Token:
        self.fetches += 1
        self.newer = False
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return Token(f"token-{self.fetches}", "alice", 0, self.lifetime)

    async def changed(self) -> bool:
        return self.newer


def provider_of(source: CountingSource) -> tuple[TokenProvider, Clock]:
    clock = Clock()
    return TokenProvider(source, ExpectedUser(), clock=clock), clock


async def settle() -> None:
    """Wait until a renewal in the background is over."""
    flights = [task for task in asyncio.all_tasks() if task.get_name() == "slurm-token"]
    if flights:
        await asyncio.wait(flights)


async def test_fifty_callers_at_once_cause_one_fetch() -> None:
    source = CountingSource()
    provider, _ = provider_of(source)
    tokens = await asyncio.gather(*(provider.acquire() for _ in range(50)))
    assert source.fetches == 1
    assert {token.value for token in tokens} == {"token-1"}


async def test_fifty_refusals_at_once_cause_one_fetch() -> None:
    source = CountingSource()
    provider, clock = provider_of(source)
    await provider.acquire()
    clock.now += 10
    tokens = await asyncio.gather(*(provider.acquire(renew=True) for _ in range(50)))
    assert source.fetches == 2
    assert {token.value for token in tokens} == {"token-2"}


async def test_renewal_at_half_life_happens_behind_the_callers_back() -> None:
    source = CountingSource(lifetime=600)
    provider, clock = provider_of(source)
    await provider.acquire()
    clock.now += 600 * 0.39
    await provider.acquire()
    await settle()
    assert source.fetches == 1
    clock.now = 1000 + 600 * 0.51
    assert (await provider.acquire()).value == "token-1"
    await settle()
    assert (await provider.acquire()).value == "token-2"
    assert source.fetches == 2


async def test_a_token_is_not_used_in_its_last_thirty_seconds() -> None:
    source = CountingSource(lifetime=600)
    provider, clock = provider_of(source)
    await provider.acquire()
    clock.now += 571
    assert provider.current is None
    assert (await provider.acquire()).value == "token-2"


async def test_a_failed_renewal_does_no_harm_while_the_token_lives() -> None:
    source = CountingSource(lifetime=600)
    provider, clock = provider_of(source)
    await provider.acquire()
    source.error = SourceUnreachable("The service is down.")
    clock.now += 400
    for _ in range(20):
        assert (await provider.acquire()).value == "token-1"
        await settle()
    assert source.fetches == 2, "a source that fails is not asked again at once"
    assert provider.failure is source.error
    clock.now += 31
    source.error = None
    await provider.acquire()
    await settle()
    assert (await provider.acquire()).value == "token-3"
    assert provider.failure is None


async def test_a_source_that_fails_is_asked_ever_less_often() -> None:
    source = CountingSource()
    source.error = SourceUnreachable("The service is down.")
    provider, clock = provider_of(source)
    for _ in range(3000):
        with pytest.raises(SourceUnreachable):
            await provider.acquire()
        clock.now += 0.1
    assert 8 <= source.fetches <= 40


async def test_a_brand_new_token_that_is_refused_is_not_replaced() -> None:
    source = CountingSource()
    provider, clock = provider_of(source)
    await provider.acquire()
    clock.now += 1
    assert (await provider.acquire(renew=True)).value == "token-1"
    assert source.fetches == 1


async def test_a_token_in_its_last_seconds_that_is_refused_is_replaced() -> None:
    source = CountingSource(lifetime=6)
    provider, clock = provider_of(source)
    await provider.acquire()
    clock.now += 2
    assert (await provider.acquire(renew=True)).value == "token-2"


async def test_one_caller_that_gives_up_does_not_disturb_the_others() -> None:
    source = CountingSource()
    provider, _ = provider_of(source)
    hasty = asyncio.create_task(provider.acquire())
    patient = asyncio.create_task(provider.acquire())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    hasty.cancel()
    assert (await patient).value == "token-1"
    assert source.fetches == 1


async def test_a_changed_source_is_read_at_once() -> None:
    source = CountingSource()
    provider, _ = provider_of(source)
    await provider.acquire()
    source.newer = True
    assert (await provider.acquire()).value == "token-2"


async def test_nothing_can_be_pasted_into_a_source_that_takes_nothing() -> None:
    provider, _ = provider_of(CountingSource())
    assert not provider.accepts_paste
    with pytest.raises(SourceMisconfigured):
        provider.paste("x")
