"""Terraform's functions, by meaning, each module loaded when one of its functions is first called."""
