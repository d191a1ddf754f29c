"""Candles: the latest, the stored and the realtime ones, and their socket."""
