"""Policies that a program brings along in a file (P8)."""
