"""Stacks, plans and states as documents that are kept and compared: the same bytes for the same content.

Standard library and the schema only; nothing here loads the engine.
"""
