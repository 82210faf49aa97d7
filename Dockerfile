# Three images, each from its own lock: pipeline (webserver, daemon, code location, MLflow: the command decides), api, app.
# make images builds them. They run as any user of group 0 with a read-only root: /data and /tmp are all they write to.
FROM python:3.11-slim AS tools
WORKDIR /source
COPY requirements-tools.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-tools.lock && uv venv /venv
ENV VIRTUAL_ENV=/venv UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never

FROM tools AS package
COPY pyproject.toml README.md LICENSE ./
COPY housing_assets ./housing_assets
RUN uv build --wheel --build-constraints requirements-tools.lock --require-hashes --out-dir /wheel

FROM tools AS pipeline-environment
COPY requirements-pipeline.lock ./
RUN uv pip install --require-hashes -r requirements-pipeline.lock
COPY --from=package /wheel /wheel
RUN uv pip install --no-deps /wheel/*.whl

# The tests of libraries would be a quarter of it.
FROM tools AS api-environment
COPY requirements-api.lock ./
RUN uv pip install --require-hashes -r requirements-api.lock && find /venv -type d -name tests -prune -exec rm -r {} +
COPY --from=package /wheel /wheel
RUN uv pip install --no-deps /wheel/*.whl

FROM tools AS app-environment
COPY requirements-app.lock ./
RUN uv pip install --require-hashes -r requirements-app.lock && find /venv -type d -name tests -prune -exec rm -r {} +
COPY --from=package /wheel /wheel
RUN uv pip install --no-deps /wheel/*.whl

FROM python:3.11-slim AS runtime
RUN mkdir -p /app /data /home/housing && chgrp -R 0 /data /home/housing && chmod -R g=u /data /home/housing
WORKDIR /app
USER 1000:0
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOME=/home/housing XDG_CACHE_HOME=/tmp/cache XDG_CONFIG_HOME=/tmp/config MPLCONFIGDIR=/tmp/matplotlib \
    HOUSING_HOME=/data HOUSING_PROFILE=gcp
# The repository is not in the image.
ARG HOUSING_GIT_COMMIT
ARG HOUSING_VERSION
RUN test -n "$HOUSING_GIT_COMMIT" && test -n "$HOUSING_VERSION" \
 || { echo "run make images, or give --build-arg HOUSING_GIT_COMMIT=... --build-arg HOUSING_VERSION=..." >&2; exit 1; }
LABEL org.opencontainers.image.title=housing_assets \
      org.opencontainers.image.revision=$HOUSING_GIT_COMMIT \
      org.opencontainers.image.version=$HOUSING_VERSION
ENV HOUSING_GIT_COMMIT=$HOUSING_GIT_COMMIT HOUSING_VERSION=$HOUSING_VERSION
ENTRYPOINT ["python", "-m", "housing_assets.deployment.entrypoint"]

FROM runtime AS api
COPY --from=api-environment /venv /venv
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s \
  CMD ["python", "-m", "housing_assets.deployment.health", "http://127.0.0.1:8000/health/live"]
CMD ["housing", "serve", "--host", "0.0.0.0", "--port", "8000"]

FROM runtime AS app
COPY --from=app-environment /venv /venv
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s \
  CMD ["python", "-m", "housing_assets.deployment.health", "http://127.0.0.1:8501/_stcore/health"]
CMD ["housing", "app", "--host", "0.0.0.0", "--port", "8501"]

FROM runtime AS pipeline
COPY --from=pipeline-environment /venv /venv
COPY workspace.yaml ./
COPY housing_assets/deployment/dagster.yaml gcp/dagster.yaml
COPY housing_assets/deployment/containers/dagster.yaml housing_assets/deployment/containers/workspace.yaml containers/
ENV DAGSTER_HOME=/app/gcp
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=10s --start-period=120s \
  CMD ["python", "-m", "housing_assets.deployment.health", "http://127.0.0.1:3000/server_info"]
CMD ["dagster-webserver", "-h", "0.0.0.0", "-p", "3000", "-w", "workspace.yaml"]
