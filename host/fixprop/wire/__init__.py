"""The wire between Uno and PC: messages.py says what is sent; everything else here follows from it."""
