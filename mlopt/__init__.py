"""mlopt: an automatic, honest, learned schedule tuner for JAX programs."""
