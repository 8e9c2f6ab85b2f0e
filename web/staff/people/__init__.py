"""Pages about the people of the staff: who they are, what they may do, and how they come in and go."""

from __future__ import annotations

from . import first_start, handover, invitations, person, staff_list

__all__ = ["first_start", "handover", "invitations", "person", "staff_list"]
