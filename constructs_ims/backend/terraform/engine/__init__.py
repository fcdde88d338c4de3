"""The real Terraform in the place of the built-in engine: what ``Sandbox`` promises, carried out by the program.

``sandbox`` is the ``Sandbox`` itself and serves its images on a port, ``stack`` plans and applies one stack,
``installation`` prepares providers once for all processes, ``command`` runs Terraform in a directory of one plan,
``messages`` and ``plan_document`` read its JSON.
"""
