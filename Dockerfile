# syntax=docker/dockerfile:1
# Each step is a script in docker/ that .ci/run also runs outside Docker.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN docker/build-wheel.sh /wheel \
 && docker/install.sh /wheel /opt/triagem \
 && docker/check-installed.sh /opt/triagem

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 triagem \
 && useradd --uid 10001 --gid triagem --no-create-home --home-dir /data --shell /usr/sbin/nologin triagem \
 && install -d -o triagem -g triagem -m 0700 /data
COPY --from=build /opt/triagem /opt/triagem
COPY docker/healthcheck.py /opt/healthcheck.py
ENV PATH=/opt/triagem/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ORT_DISABLE_TELEMETRY=1 \
    TRIAGEM_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/opt/triagem/bin/python", "/opt/healthcheck.py"]
ENTRYPOINT ["/opt/triagem/bin/triagem"]
CMD ["serve", "--host", "0.0.0.0"]
