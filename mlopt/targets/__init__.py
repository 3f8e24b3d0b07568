"""What programs are compiled for: one module a target, and what each cannot do.

Answers: which targets exist, which flags and device serve them, what this machine
is made of. Must not import another stage, JAX, or IREE's compiler (which loads
only inside the worker jobs of `probe`).
"""
