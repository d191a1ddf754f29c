"""Tests of the ranking: its rule, its stores, and the running process."""
