"""
The start of a plugin: ``crmkit new provider|transformer|store NAME``.
"""
