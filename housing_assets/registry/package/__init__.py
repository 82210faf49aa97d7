"""The files of a registered version: written, loaded, held against what was registered, and restored."""
