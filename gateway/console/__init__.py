"""The staff console (工作台)."""
