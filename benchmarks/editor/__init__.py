"""The block editor in a real browser, beside TipTap as its makers ship it: ``make bench-editor``."""
