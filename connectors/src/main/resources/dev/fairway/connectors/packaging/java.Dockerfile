FROM eclipse-temurin:25-jre
LABEL FLOW_RUNTIME_PROTOCOL="{{PROTOCOL}}" \
      FLOW_RUNTIME_CODEC="json" \
      dev.estuary.usage-rate="{{USAGE_RATE}}"
RUN useradd --system --no-create-home nonroot
COPY app /app
USER nonroot
WORKDIR /app
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+UseSerialGC", "-cp", "/app/classes:/app/lib/*", "Main"]
