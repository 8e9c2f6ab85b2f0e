"""Looking at a sender's domain as receivers do: the DNS, the certificate of our address, a letter."""
