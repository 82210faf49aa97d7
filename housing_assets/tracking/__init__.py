"""Runs in MLflow and in Weights & Biases. What is registered is in ``registry``."""
