"""Values to bytes and back, as the default converter of Temporal's Python SDK does it. Knows nothing of workflows."""

from .encoding import BINARY, JSON, NULL, decode, encode

__all__ = ["BINARY", "JSON", "NULL", "decode", "encode"]
