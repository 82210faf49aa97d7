"""What the page shows, a module for each part of it."""
