"""Transactional letters to one person: confirmations, welcomes, invitations."""
