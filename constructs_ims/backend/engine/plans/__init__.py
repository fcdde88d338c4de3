"""Saved plans: everything that an apply needs of a plan, in a file and back."""
