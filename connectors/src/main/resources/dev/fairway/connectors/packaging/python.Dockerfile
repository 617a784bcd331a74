FROM python:3.12-slim-trixie
LABEL FLOW_RUNTIME_PROTOCOL="{{PROTOCOL}}" \
      FLOW_RUNTIME_CODEC="json" \
      dev.estuary.usage-rate="{{USAGE_RATE}}"
RUN useradd --system --no-create-home nonroot
COPY app /app
WORKDIR /app
RUN pip install --no-cache-dir .
USER nonroot
ENTRYPOINT ["python", "-m", "{{MODULE}}"]
