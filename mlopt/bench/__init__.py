"""The numbers in README, measured by anyone: programs, peers and their tables.

Answers: how fast is a tuned program beside the compiler's defaults, `jax.jit` and
NumPy, as ratios within one run. Must not import another stage; `import` costs nothing.
"""
