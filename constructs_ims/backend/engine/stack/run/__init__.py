"""What planning and applying share: the run, its nodes, expansion, and the traversal of the graph."""
