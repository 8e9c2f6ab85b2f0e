"""The block editor: an issue as the document that it shows, and back."""
