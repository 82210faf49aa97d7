"""What `housing up` starts beside the pipeline, and how such processes start and stop together."""
