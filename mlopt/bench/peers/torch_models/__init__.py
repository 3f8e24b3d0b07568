"""The models of `mlopt/bench/models`, as users write them in PyTorch.

One file a family, inference only. A module's attributes have the names that flax's
have, so that the same weights find their places: see `weights`.
"""
