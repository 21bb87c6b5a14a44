// Does nothing: the page beside the one that does.
