"""Personal data: masking what is shown, sealing what is kept."""
