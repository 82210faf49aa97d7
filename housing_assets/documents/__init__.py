"""Pages for people: a list of blocks, written once, rendered as Markdown or as one HTML file that loads nothing."""
