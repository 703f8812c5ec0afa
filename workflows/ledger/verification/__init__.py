"""Recompute the whole ledger from its events, and hold the rows that they explain against them."""
