"""Program -> Workloads: which kernels a program consists of, and what identifies them.

The functions here need the compiler's bindings and run in a worker process. Must not
import another stage.
"""
