"""What can go wrong while a server is being started, each error saying what to do about it."""

from __future__ import annotations


class ServerError(Exception):
    """A server could not be started or did not become ready; the message says why."""


class MissingDependencyError(ServerError):
    """Something that the server needs is not installed; the message names it and the way to get it."""


class PortTakenError(ServerError):
    """The port that the server should listen on is already in use; the message names its holder."""
