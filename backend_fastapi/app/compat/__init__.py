"""Doors for clients that exist already: the protocols of others, answered from what the platform has."""
