"""Where readings go to be looked at or kept: other people's plotters, files, brokers."""
