"""Faults on demand: what an exchange does to its clients when something goes wrong.

A fault is injected over `/sim/faults` (or several by the name of a scenario), lasts for a time or for so many
frames or requests, and can be cleared before. The truth is never touched: what a fault withholds or spoils on
the way, `/sim/truth` still tells.
"""
