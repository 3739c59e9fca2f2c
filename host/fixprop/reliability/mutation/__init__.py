"""Do the core's tests notice a wrong operator? One small fault at a time, in a copy of the sources."""
