"""What a call of a model costs, exact to the nano-USD; the same rules and names as the server's."""
