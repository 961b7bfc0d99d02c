"""Plans: how each view of the queue is read, and what that costs.

The whole-queue answer that REST clients poll is 165 MB for 20,000 jobs and, after a
handful, gets slurmrestd killed for want of memory. So each view has its plan, chosen by
API version, accounting and the length of the queue; the choice is shown to the person.
"""

from __future__ import annotations

from .choose import Choice, Circumstances, for_all, for_mine
from .dump import QueueDump
from .index import MAX_ROWS, Index, QueueIndex, ordered
from .mine import MyJobs
from .records import Records
from .search import Found, Search
from .select import Filters, by_id, in_order, matching
from .source import Accounted, Dump, Meter, Source, State, is_live
from .table import Table, carry_over, new_version, same, with_elapsed

__all__ = [
    "MAX_ROWS",
    "Accounted",
    "Choice",
    "Circumstances",
    "Dump",
    "Filters",
    "Found",
    "Index",
    "Meter",
    "MyJobs",
    "QueueDump",
    "QueueIndex",
    "Records",
    "Search",
    "Source",
    "State",
    "Table",
    "by_id",
    "carry_over",
    "for_all",
    "for_mine",
    "in_order",
    "is_live",
    "matching",
    "new_version",
    "ordered",
    "same",
    "with_elapsed",
]
