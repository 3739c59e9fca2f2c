"""What passed on a board's line, with times: written as it happens, played back exactly."""
