"""Password hashes a second on all cores, with the cost that the platform has chosen."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing.queues import Queue

from argon2.low_level import Type, hash_secret_raw

from kernel.accounts.hashers import TunedArgon2Hasher


def _work(seconds: float, found: Queue[float]) -> None:
    cost = TunedArgon2Hasher
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        hash_secret_raw(
            b"kata-sandi-uji-123", b"0123456789abcdef", cost.time_cost, cost.memory_cost, cost.parallelism, 32, Type.ID
        )
        done += 1
    found.put(done / (time.perf_counter() - began))


def hashes_per_second(seconds: float) -> float:
    """The sum over one process for each core."""
    start = multiprocessing.get_context("spawn")
    found: Queue[float] = start.Queue()
    processes = [start.Process(target=_work, args=(seconds, found)) for _ in range(os.cpu_count() or 1)]
    for process in processes:
        process.start()
    rates = [found.get(timeout=seconds + 60) for _ in processes]
    for process in processes:
        process.join()
    return round(sum(rates), 1)


if __name__ == "__main__":
    print(hashes_per_second(3.0))
