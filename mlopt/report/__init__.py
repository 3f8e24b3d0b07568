"""What people and programs are told: tables, live progress, JSON, explanations.

Formats what was measured and computes nothing. Must not import jax, iree or another
stage.
"""
