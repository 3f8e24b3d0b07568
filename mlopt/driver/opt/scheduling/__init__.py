"""Passes of `mlopt-opt` that put spaces and schedules beside workloads, and use them.

In IR: a flow-phase module whose workloads carry `mlopt.workload` (mlopt-partition),
`mlopt.space` operations and, on each workload, `mlopt.spaces`, the symbols of those
that fit; `mlopt.schedule` operations; and on the module `mlopt.target`, the facts about
the machine that sizes were chosen by, and `mlopt.options`, the compiler's option set
under which workloads have their hashes. Runs in a worker process.
"""
