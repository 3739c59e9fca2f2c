"""What fixprop promises to survive, each promise measured against a bar."""
