"""Planning: what becomes of every object, decided by walking the graph; nothing is changed anywhere."""
