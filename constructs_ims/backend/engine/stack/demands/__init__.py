"""What the places of a stack ask of values that nobody knows."""
