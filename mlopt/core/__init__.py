"""The nouns that stages exchange: frozen dataclasses, enums and error classes.

Must not import jax, iree or any other part of mlopt.
"""
