"""The workflows of `features.py`, by subject."""
