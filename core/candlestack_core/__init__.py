"""The vocabulary and the pure rules of Candlestack. Every other folder may import this one; it imports none."""
