"""The page: what the board sees, learns and says, live in a browser."""
