"""Values to bytes and back, as the default converter of Temporal's Python SDK does it. Knows nothing of workflows."""

from .encoding import decode, encode

__all__ = ["decode", "encode"]
