"""Tests of the batch jobs and of the ranking."""
