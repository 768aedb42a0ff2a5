"""Rasa NLU components: from a message to act, aspect, items and data values."""
