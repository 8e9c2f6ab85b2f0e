"""Handover (人事異動): what a leaving person holds, and how all of it passes to a successor in one step."""
