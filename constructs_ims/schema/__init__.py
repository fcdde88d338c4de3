"""What the resource and the provider block are, as data.

Values, paths, types, diagnostics and rules, and the two declarations made of them. Imports nothing but the standard
library; every other package stands on this one.
"""
