"""Documents that offices and the public ask for: forms, score summaries, notices, decisions, yearly registers.

Each module makes one of them from what the queries say. They are in Chinese for every reader, as certificates are, made
when somebody asks and kept by content (`certificates.kept`).
"""
