"""The search for parameters: its space, its trials, the journal of an interrupted one, and the best few of them."""
