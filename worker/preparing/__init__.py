"""From an issue to editions, deliveries and batches."""
