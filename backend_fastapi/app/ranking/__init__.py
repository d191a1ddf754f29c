"""The ranking: which pairs gained and lost most in a day."""
