"""How hits are judged: what a request tells by itself, visitors, their pace, and what they have in common."""
