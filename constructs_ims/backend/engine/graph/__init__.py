"""What depends on what in a configuration: its references, the graph of them, and a traversal of any graph."""
