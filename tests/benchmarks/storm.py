"""Phones that go on until every punch has its receipt, whatever happens to the server meanwhile.

`python -m tests.benchmarks.storm --port N --regions FILE --punches 8 --begun FILE --over FILE --out FILE`: every phone
punches at least so often and goes on until the file `over` is there; it sends each punch until it is answered, the same
bytes each time. The file `begun` appears when as many answers have come as there are phones. Writes what was answered
as JSON: id, employee, receipt, state and how often it was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.fixture_file import read_regions
from tests.benchmarks.loadgen import Connection, Target, VirtualUser, encode
from tests.benchmarks.workloads.punch import Ledger
from tests.benchmarks.workloads.signed import Signers, one_punch, phones

# Nobody answers for as long as this: the storm is over, and what is left is told as unanswered.
LONGEST_SECONDS: Final = 180
TIMEOUT: Final = 4.0


class Storm:
    """Phones at one port with what they were told; each makes so many punches, and more until the end is said."""

    def __init__(self, port: int, punches: int, begun: Path, over: Path) -> None:
        self.target = Target("127.0.0.1", port)
        self.punches = punches
        self.begun, self.over = begun, over
        self.gives_up = time.monotonic() + LONGEST_SECONDS
        self.ledger, self.signers = Ledger(), Signers()
        self.step = one_punch(self.ledger, self.signers)
        self.told: list[dict[str, Any]] = []
        self.phones = 0

    async def phone(self, user: VirtualUser) -> None:
        """Punch, send until there is a receipt, and again."""
        connection = Connection(self.target)
        made = 0
        while made < self.punches or not self._is_over():
            made += 1
            request = self.step.request(user)
            data = encode(request, user)
            tries = 0
            answer: dict[str, Any] | None = None
            while answer is None and time.monotonic() < self.gives_up:
                tries += 1
                answer = await self._answer(connection, data, user)
            self.told.append(
                {
                    "id": request.tag,
                    "employee": int(user.variables["employee"]),
                    "receipt": None if answer is None else answer["receipt"],
                    "state": None if answer is None else answer["state"],
                    "tries": tries,
                }
            )
            if len(self.told) == self.phones:
                self.begun.touch()
            await asyncio.sleep(random.uniform(0.05, 0.2))  # noqa: S311
        connection.close()

    def _is_over(self) -> bool:
        return self.over.exists() or time.monotonic() >= self.gives_up

    async def _answer(self, connection: Connection, data: bytes, user: VirtualUser) -> dict[str, Any] | None:
        try:
            response = await connection.exchange(data, TIMEOUT)
        except (OSError, TimeoutError, EOFError, ValueError):
            connection.close()
            await asyncio.sleep(random.uniform(0.1, 0.4))  # noqa: S311
            return None
        if response.status != 200:
            # The real app waits as long as it is told; a test shortens that.
            await asyncio.sleep(min(1.0, float(response.headers.get("retry-after", "0.3"))))
            return None
        told = json.loads(response.body)
        self.signers.of(user).hold(told["mark"])
        found: dict[str, Any] = told["answers"][0]
        return found

    async def run(self, users: list[VirtualUser]) -> None:
        self.phones = len(users)
        await asyncio.gather(*(self.phone(user) for user in users))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--regions", type=Path, required=True)
    parser.add_argument("--punches", type=int, default=8)
    parser.add_argument("--begun", type=Path, required=True)
    parser.add_argument("--over", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    wanted = parser.parse_args()
    storm = Storm(wanted.port, wanted.punches, wanted.begun, wanted.over)
    asyncio.run(storm.run(phones(read_regions(wanted.regions))))
    wanted.out.write_text(json.dumps(storm.told))


if __name__ == "__main__":
    main()
