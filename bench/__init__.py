"""What a transition, the to-do page and a certificate cost, beside what one would compare them with.

Everything is compared within one run, in turns, so that a busy machine slows all sides alike: read the ratios,
not the milliseconds. `docs/benchmarks.md` says what is measured.
"""
