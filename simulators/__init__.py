"""Sample department systems: real HTTP servers of many kinds, each with its own forms and fault dial.

They stand for systems that belong to others: they import nothing of the gateway, keep their own
state and check what they receive by their own rules. They listen on this machine only.
"""
