"""The applicant's pages: their applications, the form, what becomes of it, its files."""
