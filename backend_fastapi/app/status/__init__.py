"""How fresh each stream is, and whether it may be believed."""
