"""Python view of the mlopt dialect: what its operations must look like, and mean.

`dialects/mlopt.irdl.mlir` is the one definition; `definition` is generated from it,
`verifier` checks IR by it. Operations are unregistered in IREE's contexts, because its
bindings have no IRDL; they are written in MLIR's generic form. Must not import jax or
a stage.
"""
