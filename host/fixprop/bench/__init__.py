"""What learning costs on the chip: measured on the simulated one, beside what other libraries take."""
