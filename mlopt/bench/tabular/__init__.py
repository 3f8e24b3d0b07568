"""A table of candidates that were all measured once, for strategies to be compared on.

`table` is the file, `suite` says which workloads are in it, `collecting` measures them,
`playing` lets a strategy search in it, `scoreboard` compares them.
"""
