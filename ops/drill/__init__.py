"""The fire drill: the real pipeline, a server that counts and misbehaves, and workers that are killed."""
