"""What government offers: departments, service items and data elements, read from data files."""
