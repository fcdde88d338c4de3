"""Applying: a plan carried out, object by object, each durable before what depends on it begins."""
