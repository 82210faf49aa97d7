"""Plots, a module a subject. They draw what was measured, and decide nothing."""
