"""Order books: the newest of a pair in a market, and their socket."""
