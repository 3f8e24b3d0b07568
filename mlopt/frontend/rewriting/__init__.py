"""A traced program -> another traced program, or its values in more precision.

`interpreter` follows a jaxpr; each other module says what becomes of its operations.
They import jax; none may import iree.
"""
