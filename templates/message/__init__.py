"""A letter as bytes: headers, MIME, base64, and the copy of each reader."""
