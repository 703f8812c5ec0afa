"""The ledger: what was done, chained so that nobody can quietly alter it."""
