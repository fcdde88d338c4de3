"""Snapshots of templates, plans and states: what is kept of them, in which files, and the fixture's assertion."""
