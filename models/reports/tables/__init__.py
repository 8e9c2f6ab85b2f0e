"""Tables of reports as plain values: pages, charts and files are all made from the same ones."""
