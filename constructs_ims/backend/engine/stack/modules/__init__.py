"""Module calls, simulated: what a module's files declare, and outputs that are said, kept or made up."""
