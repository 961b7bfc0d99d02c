from __future__ import annotations


class DevclusterError(Exception):
    """Something a user has to know or do; the message is the whole story."""
