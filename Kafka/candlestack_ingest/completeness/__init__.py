"""The completeness ledger: per stream and minute what was expected, what came, and how each hole was filled."""
