"""The workflow's logger."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

from ._handlers import current_update_info


class LoggerAdapter(logging.LoggerAdapter[logging.Logger]):
    """Adds the update that is being handled. The host adds the run, and is silent while it replays."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Adds fields."""
        update = current_update_info()
        if update is not None:
            kwargs["extra"] = {"update_id": update.id, "update_name": update.name, **(kwargs.get("extra") or {})}
        return msg, kwargs

    @property
    def base_logger(self) -> logging.Logger:
        """The logger itself."""
        return self.logger


logger = LoggerAdapter(logging.getLogger("mainspring.workflow"), {})
"""Writes to the run's log."""
