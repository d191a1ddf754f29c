"""The stores behind the answers, and whether they answer."""
