"""IREE as a library: programs in, modules for its runtime out.

`options` and `cache` may be imported anywhere; `session` and what it is made of import
iree.compiler and belong in a worker process, because the compiler aborts on some
inputs. Must not import jax or another stage.
"""
