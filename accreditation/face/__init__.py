"""How codes, dates, numbers and marks are shown to people: pure functions, no database and no request."""
