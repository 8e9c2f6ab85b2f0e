"""How every process writes its log: lines for people or for machines, without the values of variables."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any

import structlog

import settings

from .log_redaction import redact_event


def set_up() -> None:
    """Send structlog's and the libraries' own lines the same way. Tracebacks are plain: no secret gets into them."""
    chosen = settings.get()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        redact_event,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if chosen.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(chosen.log_level.upper())
    # The web server's own lines have a handler of their own, which would write a traceback as it is.
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("_granian", "granian"):
            own = logging.getLogger(name)
            own.handlers, own.propagate = [], True
    sys.excepthook = _log_unforeseen


def _log_unforeseen(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """What ends a process goes into its log like everything else."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        logging.getLogger(__name__).critical("the process ends", exc_info=(kind, error, traceback))
