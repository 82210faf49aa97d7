"""The Pipeline as functions of arrays that give the same numbers: a module for each part of it."""
