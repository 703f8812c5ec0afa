"""Hold the rows of the domain against the events that explain them, for `manage.py verify_ledger`."""
