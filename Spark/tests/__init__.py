"""Tests of the batch jobs; one Spark serves them all and ends with them."""
