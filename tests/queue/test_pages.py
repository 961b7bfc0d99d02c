"""Pages and the deltas between them."""

from __future__ import annotations

import asyncio
import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_slurm_rest.queue.filters import Filters
from jupyter_slurm_rest.queue.pages import Page, PageQuery, Pages, Table, carry_over, new_version
from jupyter_slurm_rest.queue.responses import Delta
from jupyter_slurm_rest.slurm.models import JobSummary
from tests.queue.scripted import job


def table(rows: list[JobSummary], before: Table | None = None) -> Table:
    kept, changed = carry_over(before.rows if before else {}, copy.deepcopy(rows))
    version = before.version if before and not changed else new_version()
    return Table(rows=kept, as_of=0.0, version=version)


def query(**changes: object) -> PageQuery:
    fields = {
        "view": "all",
        "filters": Filters(),
        "sort": "-job_id",
        "offset": 0,
        "limit": 5,
        **changes,
    }
    return PageQuery(**fields)  # type: ignore[arg-type]


def apply(shown: list[JobSummary], delta: Delta, rows: list[JobSummary]) -> list[JobSummary]:
    """Apply a delta, as the client does."""
    gone = {*delta.removed, *(row.id for row in rows)}
    result = [row for row in shown if row.id not in gone]
    for at, row in zip(delta.at, rows, strict=True):
        result.insert(at, row)
    return result


_JOBS = st.lists(
    st.builds(
        job,
        st.integers(1, 12),
        st.sampled_from(["PENDING", "RUNNING"]),
        priority=st.none() | st.integers(1, 3),
    ),
    max_size=10,
    unique_by=lambda row: row.job_id,
)
_QUERY = st.builds(
    query,
    sort=st.sampled_from(["-job_id", "priority", "-state"]),
    filters=st.sampled_from([Filters(), Filters(states=frozenset({"PENDING"}))]),
    offset=st.integers(0, 3),
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(before=_JOBS, now=_JOBS, asked=_QUERY)
def test_a_difference_leads_to_the_whole_page(
    before: list[JobSummary], now: list[JobSummary], asked: PageQuery
) -> None:
    async def fetch() -> tuple[Page, Page, Page]:
        pages = Pages()
        old = table(before)
        new = table(now, old)
        first = await pages.page(old, asked)
        second = await pages.page(new, asked, since=first.version)
        return first, second, await pages.page(new, asked)

    first, second, whole = asyncio.run(fetch())

    assert whole.delta is None
    assert whole.version == second.version
    if second.delta is not None:
        assert apply(first.rows, second.delta, second.rows) == whole.rows


async def test_only_what_changed_is_sent() -> None:
    rows = [job(i) for i in range(1, 101)]
    pages, asked = Pages(), query(limit=100)
    old = table(rows)
    first = await pages.page(old, asked)
    rows[49] = job(50, "RUNNING")
    second = await pages.page(table([*rows[1:], job(101)], old), asked, since=first.version)

    assert [row.id for row in second.rows] == ["101", "50"]
    assert second.delta == Delta(since=first.version, removed=["1"], at=[0, 51])


async def test_equal_pages_have_equal_versions_and_other_queries_others() -> None:
    pages = Pages()
    old = table([job(1), job(2)])
    again = table([job(1), job(2)], old)
    versions = [
        (await pages.page(old, query())).version,
        (await pages.page(again, query())).version,
        (await pages.page(old, query(offset=1))).version,
        (await pages.page(old, query(sort="name"))).version,
    ]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


async def test_a_version_of_another_run_gets_the_whole_page() -> None:
    first = await Pages().page(table([job(1)]), query())
    second = await Pages().page(table([job(1)]), query(), since=first.version)
    assert second.delta is None
    assert len(second.rows) == 1


async def test_totals_and_counts_are_of_everything_that_matches() -> None:
    rows = [job(i, "RUNNING" if i % 2 else "PENDING") for i in range(1, 11)]
    page = await Pages().page(table(rows), query(limit=3, offset=2))
    assert [row.id for row in page.rows] == ["8", "7", "6"]
    assert (page.total, page.counts) == (10, {"PENDING": 5, "RUNNING": 5})


async def test_a_running_job_overtakes_without_any_row_changing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr("jupyter_slurm_rest.queue.filters.time.time", lambda: now)
    rows = [
        job(1, "COMPLETED", elapsed=60),
        job(2, "RUNNING", elapsed=50, running_since=950),
    ]
    seen, pages = table(rows), Pages()
    wanted = query(sort="-elapsed")
    first = await pages.page(seen, wanted)
    assert [row.id for row in first.rows] == ["1", "2"]
    assert (await pages.page(seen, wanted)).version == first.version
    now = 1_020.0
    second = await pages.page(seen, wanted, since=first.version)
    # Nothing can be said about it as a difference of rows: the page comes whole.
    assert (second.delta, [row.id for row in second.rows]) == (None, ["2", "1"])
    assert second.version != first.version
