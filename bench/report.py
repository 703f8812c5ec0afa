"""The printed report: one line a figure, its name first, what is expected of it last."""


def heading(words: str) -> None:
    print(f"\n{words}", flush=True)


def line(what: str, measured: str, note: str = "") -> None:
    print(f"  {what:<56}{measured:>14}   {note}".rstrip(), flush=True)


def times(ratio: float) -> str:
    """Return a ratio as it is printed."""
    return f"{ratio:.2f} times" if ratio < 10 else f"{ratio:.0f} times"
