# One image for web, worker, timetable and migrations; docker-compose.yml says which part a container is.

# The block editor: Node builds its files, and stays behind.
FROM node:24-slim AS editor
WORKDIR /src
COPY web/editor web/editor
COPY scripts/build-editor scripts/build-editor
RUN scripts/build-editor

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/kairan
COPY requirements-production.txt ./
RUN /opt/kairan/bin/pip install --no-cache-dir --require-hashes -r requirements-production.txt
COPY . .
COPY --from=editor /src/web/static/editor web/static/editor
RUN /opt/kairan/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
# A number of its own, so that files in volumes belong to nobody else.
RUN useradd --uid 10025 --no-create-home --home-dir /data kairan \
    && install -d -m 0700 -o kairan -g kairan /data /data/beat /data/demo /data/mailbox /data/spool
COPY --from=build /opt/kairan /opt/kairan
ENV PATH=/opt/kairan/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KAIRAN_DATA=/data \
    WEB_HOST=0.0.0.0 \
    LOG_FORMAT=json
USER kairan
WORKDIR /data
EXPOSE 8025
CMD ["kairan", "web"]
