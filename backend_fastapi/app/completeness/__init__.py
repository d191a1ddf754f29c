"""Completeness: what each stream should have brought, what it did, and how its holes were filled."""
