"""Keep tokens out of logs, whoever wrote the line."""

from __future__ import annotations

import logging

from jupyter_slurm_rest.foreign_text import redact


class RedactTokens(logging.Filter):
    """A log filter for handlers: rewrites the finished message, traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = redact(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
