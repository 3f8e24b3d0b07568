"""Anything a user has -> Program.

`source` and `ingest` (this process, JAX) turn a callable, a jax.export artifact or an
MLIR file into MLIR bytecode; `lowering` (a worker process, IREE's compiler) turns that
into a Program of linalg on tensors, or says what the back end cannot take. This file
imports neither, so that a worker loads no JAX.
"""
