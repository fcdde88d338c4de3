"""Evaluation in a stack: blocks under their schemas, conditions and variables, and the values that they can read."""
