"""The Terraform provider: create, read, refuse or replace, delete and import of image metadata over the client.

``provider`` is the provider in plain Python values, as the engine meets it; ``servicer`` and ``serve`` are its face to
Terraform, protocol 6. Nothing else here knows of the plugin protocol.
"""
