"""One module for each command or group: reads the flags, does the work through the sandbox, shows the result."""
