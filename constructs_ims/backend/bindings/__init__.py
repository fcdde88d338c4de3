"""What generated CDKTF bindings say of other providers' objects: packages found and read as files, schemas out.

Nothing here runs what it reads: neither jsii nor Node nor a CDK is needed. Whatever is missing, broken or foreign is
passed over, and then nothing is known of a type.
"""
