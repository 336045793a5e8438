# Stage 1: the dependencies, pinned and with hashes, in an environment of their own.
FROM python:3.13.16-slim-trixie AS dependencies

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/superfast
COPY requirements/production.txt /tmp/requirements.txt
RUN /opt/superfast/bin/pip install --require-hashes --requirement /tmp/requirements.txt

# Stage 2: the site, run by a user who owns nothing but the data.
FROM python:3.13.16-slim-trixie

ENV PATH=/opt/superfast/bin:/srv/superfast:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    PORT=8000 \
    WORKERS=2
RUN groupadd --gid 10001 superfast \
    && useradd --uid 10001 --gid superfast --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin superfast \
    && install --directory --owner superfast --group superfast --mode 0755 /data /backups
# pg_dump and pg_restore, of the server's version or newer, for backups. Debian keeps one
# version of it for each release, which the base image's tag decides.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
COPY --from=dependencies /opt/superfast /opt/superfast
WORKDIR /srv/superfast
COPY . .
RUN python -m compileall -q issues papers quiz superfast

USER superfast
VOLUME /data /backups
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["deploy/entrypoint"]
