"""What is shown: each view has one form for people and one for machines."""
