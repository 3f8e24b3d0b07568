"""Candidate -> Schedule: decisions become transform-dialect IR.

Two kinds. *Configured*: `compilation_info` on the root op, executed by IREE's own
pipelines. *Scripted*: the root's pipeline runs our named sequence through IREE's
transform interpreter. Built with the compiler's bindings, in a worker process.
"""
