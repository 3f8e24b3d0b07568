"""What can be tried for a workload, and which of it to try next."""
