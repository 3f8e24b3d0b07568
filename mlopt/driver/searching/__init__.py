"""Search the kernels of a program, and confirm what wins."""
