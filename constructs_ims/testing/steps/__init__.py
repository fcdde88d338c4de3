"""A stack's life as a test: steps that create, change, import and destroy, each held to what an apply must leave."""
