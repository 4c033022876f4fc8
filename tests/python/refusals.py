"""What it looks like when a call is refused: a code of gRPC, a message, and for some a detail that tools go by."""

from collections.abc import Awaitable
from typing import Any

import pytest
from google.protobuf.message import Message
from temporalio.service import RPCError, RPCStatusCode

INVALID = RPCStatusCode.INVALID_ARGUMENT
NOT_FOUND = RPCStatusCode.NOT_FOUND


async def refused(call: Awaitable[Any], code: RPCStatusCode, text: str = "", detail: Message | None = None) -> None:
    """The call is refused with that code, with a message that contains the text, and with one detail of that type,
    which is filled with what came."""
    with pytest.raises(RPCError) as caught:
        await call
    error = caught.value
    assert error.status == code, error.message
    assert text in error.message
    if detail is not None:
        details = list(error.grpc_status.details)
        assert [it.type_url.rpartition("/")[2] for it in details] == [detail.DESCRIPTOR.full_name]
        assert details[0].Unpack(detail)
