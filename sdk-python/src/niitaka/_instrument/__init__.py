"""What is recorded around the calls of provider libraries, whichever they are."""
