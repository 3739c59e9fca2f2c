"""What is wrong with a board, its sensors and this computer's tools, and what to do about it."""
