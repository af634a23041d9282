"""The diary as families keep it: what is new in it, and how a phone brings its copy up to date."""
