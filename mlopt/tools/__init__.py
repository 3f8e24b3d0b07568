"""Command lines: they read arguments, call one function, and print what it gives.

No logic lives here. At import time nothing but click and the standard library is
loaded, so that `--help` answers at once; stages are imported by the commands that
need them.
"""
