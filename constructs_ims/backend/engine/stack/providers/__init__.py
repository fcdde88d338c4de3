"""The providers of a run: the pool that hands them out, and those that are the engine's own."""
