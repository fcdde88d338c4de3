"""Back wing: what executes plans offline. Never imports cdktf, constructs or jsii."""
