"""Durable workflows in Python.

A workflow is ordinary `asyncio` code; `mainspring build` makes a WebAssembly module of it, which a Mainspring server runs.
The names are those of Temporal's Python SDK: `from mainspring import workflow` instead of `from temporalio import workflow`.
"""

__version__ = "0.1.0"
