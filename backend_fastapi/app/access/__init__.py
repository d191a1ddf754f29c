"""Who may ask, how often, and under which number a request is spoken of."""
