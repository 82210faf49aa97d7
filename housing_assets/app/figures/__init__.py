"""Plots that need nothing but their data: no map tiles, no fonts, no scripts from elsewhere."""
