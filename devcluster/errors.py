from __future__ import annotations


class DevclusterError(Exception):
    """Something a person has to know or do; the message is the whole story."""
