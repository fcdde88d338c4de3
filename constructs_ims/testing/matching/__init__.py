"""Patterns and what they say of a value: matchers, captures, and mismatches with the path where they stand."""
