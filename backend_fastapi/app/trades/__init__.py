"""Trades: the newest of a pair, and their socket."""
