"""What users and tools see: plans, states, progress and diagnostics as Terraform words and lays them out.

JSON comes first: a plan becomes the document of ``terraform show -json``, and its text is rendered from that document,
so that a plan on screen, a saved plan and a plan in a pipeline cannot disagree. Nothing here does any work or input.
"""
