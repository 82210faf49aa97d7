# The code location, the webserver and the daemon: one image, the command decides. Built from the same lock as `make run`.
FROM python:3.11-slim AS build
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements.lock ./
RUN uv venv /venv \
 && VIRTUAL_ENV=/venv uv pip install --no-cache --compile-bytecode --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY housing_assets ./housing_assets
RUN VIRTUAL_ENV=/venv uv pip install --no-cache --compile-bytecode --no-deps .

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 housing
COPY --from=build /venv /venv
WORKDIR /home/housing
COPY --chown=housing workspace.yaml ./
COPY --chown=housing housing_assets/deployment/dagster.yaml dagster/dagster.yaml
USER housing
# docker build --build-arg HOUSING_GIT_COMMIT=$(git rev-parse HEAD): the repository is not in the image
ARG HOUSING_GIT_COMMIT
RUN test -n "$HOUSING_GIT_COMMIT" || { echo "run make image, or give --build-arg HOUSING_GIT_COMMIT=..." >&2; exit 1; }
LABEL org.opencontainers.image.revision=$HOUSING_GIT_COMMIT
ENV HOUSING_GIT_COMMIT=$HOUSING_GIT_COMMIT
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DAGSTER_HOME=/home/housing/dagster HOUSING_PROFILE=gcp
EXPOSE 3000
CMD ["dagster-webserver", "-h", "0.0.0.0", "-p", "3000", "-w", "workspace.yaml"]
