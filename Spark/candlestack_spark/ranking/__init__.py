"""The ranking: which pairs gained and lost most over the last 1,440 minutes."""
