"""Charts as SVG, made on the server: pure functions from numbers to a picture.

No chart says anything that the table beside it does not. Colours come from the style sheet by class, so that they hold
in the dark and on paper, and no attribute needs what the Content-Security-Policy refuses.
"""
