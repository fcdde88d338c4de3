"""The command lines: ``constructs-ims`` for people, ``terraform-ims`` for tools, and the provider as an executable.

``main`` is a table of commands; each command is a module in ``commands`` with ``add_arguments`` and ``run``.
"""
