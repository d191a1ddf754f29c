"""Whether the API lives, what it can serve, and its metrics."""
