"""The numbers in README, measured by anyone: programs, peers and their tables.

Answers: how fast is a tuned program beside the compiler's defaults, `jax.jit` and
NumPy, as ratios within one run; and what do we cost ourselves. It measures the whole
product, so it stands above all other layers and nothing imports it.
"""
