"""The state of a stack: in memory, as Terraform's file, and on the disk with its backup, journal and lock."""
