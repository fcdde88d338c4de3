"""What executes plans offline. Never imports cdktf, constructs or jsii."""
