"""A configuration made ready: its graph and references, what is evaluated, its providers, and a run over it."""
