"""The models of the CPU benchmark, as users write them in flax.

`mlopt/bench/models/FILE.py:NAME` is a program: (callable, example arguments). All
parameters are arguments, as in serving and in training; a function that closed over
them would have them folded into its code.
"""
