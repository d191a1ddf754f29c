"""Tests of the jobs as a whole, on one Spark that serves them all and ends with them."""
