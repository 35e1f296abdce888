"""What policies say about an event: the same rules and names as the server's, exact in both languages."""
