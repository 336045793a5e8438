"""Public pages as they were last sent, kept by each process and right at every moment."""
