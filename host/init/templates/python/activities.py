"""What workflows cannot do themselves."""

from temporalio import activity


@activity.defn
async def send_reminder(whom: str) -> str:
    print(f"{whom}, it is time!", flush=True)
    return f"reminded {whom}"
