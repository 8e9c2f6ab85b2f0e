"""What the command line says, and in which language."""
