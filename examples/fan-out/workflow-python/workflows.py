"""A thousand activities at once, shared out among children."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from mainspring import workflow


@dataclass
class Work:
    items: int = 1_000
    children: int = 10


@workflow.defn(name="fanOutPart")
class FanOutPart:
    """Measures some items, all at the same time."""

    @workflow.run
    async def run(self, first: int, count: int) -> int:
        measured: list[int] = await asyncio.gather(
            *(
                workflow.execute_activity("measure", item, start_to_close_timeout=timedelta(minutes=1))
                for item in range(first, first + count)
            )
        )
        return sum(measured)


@workflow.defn(name="fanOut")
class FanOut:
    """Shares items out among children, and adds up what they find."""

    @workflow.run
    async def run(self, work: Work) -> int:
        size = -(-work.items // work.children)
        async with asyncio.TaskGroup() as group:
            parts = [
                group.create_task(
                    workflow.execute_child_workflow(
                        FanOutPart.run,
                        args=[first, min(size, work.items - first)],
                        id=f"{workflow.info().workflow_id}-{first}",
                    )
                )
                for first in range(0, work.items, size)
            ]
        return sum(part.result() for part in parts)
