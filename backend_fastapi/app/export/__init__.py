"""Ranges of candles as files."""
