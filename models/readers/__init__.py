"""The people who read: addresses, subscriptions, consent, suppression."""
