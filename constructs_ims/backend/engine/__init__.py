"""The engine: plans and applies a synthesized stack in process, and answers as Terraform 1.11 does.

It reads ``*.tf.json``, evaluates expressions, walks the graph of references and meets a
provider only at ``stack.providers.port``. A package imports none that uses it; ``tests/architecture`` has
their order.
"""
