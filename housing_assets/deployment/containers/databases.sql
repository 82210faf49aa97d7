CREATE DATABASE mlflow;  -- beside that of Dagster: both keep a table alembic_version
