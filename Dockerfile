# One image for web, worker, beat and migrations; docker-compose.yml says which part a container runs.
FROM python:3.13-slim AS build
# requirements-otel.txt brings OpenTelemetry along: docker compose build --build-arg LOCK=requirements-otel.txt
ARG LOCK=requirements.txt
WORKDIR /build
RUN python -m venv /app
COPY requirements.txt requirements-otel.txt requirements-node.txt ./
RUN pip install --no-cache-dir --require-hashes --target /node --requirement requirements-node.txt \
 && /app/bin/pip install --no-cache-dir --require-hashes --requirement $LOCK
COPY pyproject.toml hatch_build.py package.json package-lock.json ./
COPY config config
COPY cxworkflow cxworkflow
COPY tasks tasks
COPY templates templates
RUN PYTHONPATH=/node /app/bin/pip install --no-index --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home cxworkflow
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 CXWORKFLOW_BIND=0.0.0.0 CXWORKFLOW_PORT=8076
USER cxworkflow
EXPOSE 8076
ENTRYPOINT ["cxworkflow"]
CMD ["serve", "web"]
