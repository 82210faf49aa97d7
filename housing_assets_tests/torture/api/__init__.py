"""The API under attack, overload and kills."""
