"""Whether a sender's domain, its servers and its letters are as receivers want them."""
