"""Whether the user has so many jobs that accounting must not be asked for all at once."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence

from jupyter_slurm_rest.slurm.job_numbers import CHANCE

from .source import Accounted, Source

#: Jobs of one user that are read at once: 4 kB and 0.5 ms each.
AT_MOST = 2_000
#: Numbers in the samples. Of those that are the user's, accounting tells 4 kB each.
_SIZES = (12, 40, 160, 500, 500, 500, 500, 500, 500, 500, 500)
#: For a sample without any: more is as unlikely as 1 in 20.
_UNSEEN = 3.0


async def has_many(
    source: Source,
    user: str,
    among: Sequence[Sequence[int]],
    *,
    recent: int,
    chance: random.Random = CHANCE,
    clock: Callable[[], float] = time.time,
) -> bool:
    """Whether ``user`` has more than about :data:`AT_MOST` jobs, by samples.

    ``among`` are the numbers that jobs may have, such as the newest and the rest, each
    without the others'. Counts what lives or ended within ``recent`` seconds. Costs 1 kB
    and 5 ms for each sample of a user with few jobs, and 20 jobs of one with many.
    """
    since = int(clock()) - recent
    most = 0.0
    for numbers in among:
        tried = hits = 0
        for size in _SIZES:
            if len(numbers) > size:
                sample = sorted({numbers[chance.randrange(len(numbers))] for _ in range(size)})
            else:
                sample = list(numbers)
            if not sample:
                break
            asked = Accounted(users=[user], job_ids=sample, live_since=since)
            found = await source.accounted(asked)
            hits += len({row.job_id for row in found})
            tried += len(sample)
            weight = len(numbers) / tried
            if (hits - 2 * math.sqrt(hits)) * weight > AT_MOST:
                return True
            if len(sample) == len(numbers):
                tried, weight = len(numbers), 1.0
                break
            if (hits + _UNSEEN + 2 * math.sqrt(hits)) * weight + most <= AT_MOST:
                break
        if tried:
            most += hits * len(numbers) / tried
    return most > AT_MOST
