"""What is learnt about schedules: how candidates look to a model, and models of them.

`tiles` reads off a space how its traces cut a kernel's loops, `features` makes numbers
of that. Neither imports JAX.
"""
