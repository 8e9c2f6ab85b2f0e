"""What returned letters say about readers' addresses."""
