"""Seals on files and signatures on tokens, with keys that no database has."""
