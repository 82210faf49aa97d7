"""Running the pipeline: the commands, the plan before, the view while it goes on, the log and the reasons after."""
