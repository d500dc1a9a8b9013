"""
The command line of crmkit; its commands are in the modules of their names.
"""
