"""Who somebody is: citizens by channel and sender, staff by name and password."""
