"""The commands of ``constructs-ims``, a module each: ``add_arguments`` declares, ``run`` does."""
