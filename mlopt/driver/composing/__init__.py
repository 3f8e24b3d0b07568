"""From winners of kernels to the fastest whole, and its final comparison."""
