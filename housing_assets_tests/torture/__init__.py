"""Faults by the thousand, each judged by what is lost and what is wrong afterwards: ``make torture``."""
