"""The testing kit: a pytest plugin that gives each test an offline world of its own."""
