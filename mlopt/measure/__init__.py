"""Is a candidate correct, and how fast is it? Workers measure; this process judges.

`client` drives a measuring worker, `runner` is what runs inside it, `statistics`
turns its samples into a ratio with an interval. Must not import jax, the compiler or
another stage; only what runs inside a worker imports the runtime.
"""
