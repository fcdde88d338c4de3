"""The real Terraform, offline: it runs on a copy of each stack inside the sandbox, with the provider of this package.

``mirror`` lays the provider where Terraform looks for plugins, ``working_copy`` takes a stack into the sandbox and puts
its state there, ``command_line`` fits the arguments to the copy, ``program`` joins them and starts Terraform.
"""
