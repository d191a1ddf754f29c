"""Order books rebuilt from diffs, each with its word on whether it may be believed."""
