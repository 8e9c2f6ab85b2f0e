"""What comes in by mail: taken in from a mail server or files, stored, then judged. Nothing is answered."""

import templates.translations  # noqa: F401  (why an issue pauses by itself is said in its staff's language)
