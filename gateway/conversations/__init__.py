"""The turn log and its review."""
