"""What a network will take on the Uno, told from its topology: nothing is built."""
