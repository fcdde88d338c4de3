"""What a stack synthesizes, block by block, and the assertions on it."""
