"""The wire between Uno and PC: messages.py says what is sent, all the rest follows from it."""
