"""Measurements of the gateway against a plain Rasa project. See README.md beside this file."""
