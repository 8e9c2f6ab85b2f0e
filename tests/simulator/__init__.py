"""A simulator of mail traffic from published behaviour, written without sight of the rules that judge, and its scoring.

Rules are tuned on seeds 1 to 20 and reported on seeds 101 and up. ``python -m tests.simulator --help`` judges and
prints.
"""
