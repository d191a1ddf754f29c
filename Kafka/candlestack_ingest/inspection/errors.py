"""What is wrong with a question, in one line for whoever asked it."""

from __future__ import annotations


class InspectionError(Exception):
    """A question that cannot be answered; the message is one line that says why, and what to do."""
