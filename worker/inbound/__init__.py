"""What comes in by mail: taken in from a mail server or files, stored, then judged. Nothing is answered."""
