"""Where a model comes from: which one is meant, and a cascade of places that distrust each other."""
