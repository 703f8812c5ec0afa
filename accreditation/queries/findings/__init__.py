"""疑点: rules that point at what deserves a look, and what they have found. A finding never accuses."""
