"""What the benchmark of pages fills a database with, and asks for."""
