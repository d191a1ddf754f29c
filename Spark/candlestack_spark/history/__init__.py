"""Bulk history: the exchange's monthly archives and REST into the lake, and from there into the store."""
