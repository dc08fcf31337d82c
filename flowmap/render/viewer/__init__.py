"""flow.html: the picture at every level of detail, with what is known of everything in it, in one file."""
