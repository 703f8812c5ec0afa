"""How a stream of a PDF may not end: in a carriage return, which with the line feed behind it reads like a line's end.

Checkers of PDF/A then find the stream shorter than it says. What it ends in follows from all that is in it.
"""

AMBIGUOUS = b"\r\nendstream"
"""The end of such a stream, in the bytes of a file."""
ATTEMPTS = 8
"""Of some fifty documents one is written again, and hardly any a second time."""
