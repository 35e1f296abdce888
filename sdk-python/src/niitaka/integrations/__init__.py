"""Provider libraries whose calls can be recorded: one module each, and nothing else here."""
