"""Fields, constructors and properties of the constructs, as they follow from the declarations in ``schema``.

``python -m tests.constructs.generated_arguments`` writes these modules; a test holds them current.
"""
