"""What is wrong with a recording."""

from __future__ import annotations


class RecordingError(Exception):
    """A recording cannot be served; the message is one line for whoever named the file."""
