"""Regressors: the algorithms, cross-validation, candidates, blends, the trained model, its intervals and its errors."""
