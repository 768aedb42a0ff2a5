"""What the assistant does in a turn: thin Rasa actions. Read slots, one call into the core, events."""
