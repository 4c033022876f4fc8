"""Requests over HTTP/JSON, as a script makes them: arguments and results are plain values."""

import asyncio
import json
import os
import urllib.error
import urllib.request
from collections.abc import Awaitable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from temporalio.service import RPCStatusCode

NAMESPACE = "/api/v1/namespaces/default"


class HttpRefused(Exception):
    """An answer that is an error: its status, and a body with code, message and details."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class Http:
    media_type = "application/json"
    headers: dict[str, str] = {}

    def __init__(self) -> None:
        self.address = os.environ.get("MAINSPRING_HTTP_ADDRESS", "127.0.0.1:8233")

    async def get(self, path: str, **parameters: str) -> Any:
        return await asyncio.to_thread(self._fetch, "GET", path, parameters, None)

    async def post(self, path: str, body: Any = None, **parameters: str) -> Any:
        return await asyncio.to_thread(self._fetch, "POST", path, parameters, body)

    async def delete(self, path: str, **parameters: str) -> Any:
        return await asyncio.to_thread(self._fetch, "DELETE", path, parameters, None)

    def _fetch(self, method: str, path: str, parameters: dict[str, str], body: Any) -> Any:
        # Names of parameters have dots, which Python's have not.
        query = urlencode({name.replace("__", "."): value for name, value in parameters.items()})
        request = urllib.request.Request(f"http://{self.address}{path}?{query}", method=method, headers=self.headers)
        if body is not None:
            request.add_header("content-type", self.media_type)
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise HttpRefused(error.code, json.load(error)) from None


def at(workflow_id: str, *rest: str) -> str:
    """A path below that of a workflow."""
    return "/".join((NAMESPACE, "workflows", quote(workflow_id, safe=""), *rest))


async def refused(call: Awaitable[Any], status: int, code: RPCStatusCode, text: str = "") -> Any:
    """The details of a refusal, which has that status, that code, and a message with that text."""
    with pytest.raises(HttpRefused) as caught:
        await call
    assert (caught.value.status, caught.value.body["code"]) == (status, code), caught.value
    assert text in caught.value.body["message"]
    return caught.value.body.get("details", [])
