"""Tell people what was done: in their messages, by mail, and to the robots of offices. All of it later, from rows."""
