# The wheels are made in one image and installed in another: no compiler and no cache is shipped.
FROM python:3.13-slim AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY gateway gateway
COPY schema schema
COPY db db
RUN python -m venv /opt/licet \
 && /opt/licet/bin/pip install --no-cache-dir --quiet -c constraints.txt '.[traces]'

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /var/lib/licet --uid 10001 licet
COPY --from=build /opt/licet /opt/licet
ENV PATH=/opt/licet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LICET_DATA_DIR=/var/lib/licet/demo \
    LICET_LOG_FORMAT=json
# The image ships Python's own library as source, which its user could not keep compiled.
RUN python -c "import gateway.cli.serve"
# Made here, so that a volume mounted on it belongs to the user.
RUN install -d -o licet -g licet -m 0700 /var/lib/licet/demo
USER licet
WORKDIR /var/lib/licet
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:${LICET_PORT:-8000}/healthz', timeout=2)"
CMD ["licet", "serve", "--host", "0.0.0.0"]
