"""What the code of a step is: the source that it reaches, read without importing it."""
