"""What is attached: checked by its content, in a process apart and within bounds, and scanned, before it counts."""
