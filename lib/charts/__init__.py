"""Charts as server-rendered SVG, each with the rows of the table that stands behind it.

No chart holds a style: classes begin with `chart-` and get their colours from the style sheet, so a
strict content security policy and the night theme cost nothing. Each is an image with a title and
a description for those who cannot see it.
"""
