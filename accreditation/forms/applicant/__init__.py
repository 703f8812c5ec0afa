"""The application form, step by step: a form for the step's columns, a formset for each of its tables, its files."""
