"""A board while it runs: one reader, many who listen, a twin that follows every training step."""
