# syntax=docker/dockerfile:1
# One image for web, worker, beat and migrations; it runs as nobody in particular.

FROM node:22-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY vwards/local/assets.sh vwards/local/assets.sh
COPY static/src static/src
RUN bash vwards/local/assets.sh

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=vwards.settings
RUN useradd --system --uid 10001 --no-create-home vwards
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY lib lib
COPY accounts accounts
COPY capacity capacity
COPY patients patients
COPY observations observations
COPY rounds rounds
COPY vwards vwards
COPY templates templates
COPY static static
COPY --from=assets /build/static/build static/build
# Collecting reads no server and keeps no secret: nothing of these values stays.
RUN env SECRET_KEY=unused PSEUDONYM_SECRET=unused \
      DATABASE_URL=postgresql://unused/unused REDIS_URL=redis://unused \
      python manage.py collectstatic --noinput --verbosity 0
ARG RELEASE=unreleased
ENV RELEASE=$RELEASE
USER vwards
EXPOSE 8000
# A connection is kept longer than the proxy keeps it, so that it never closes under an upload.
CMD ["uvicorn", "vwards.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "4", "--no-access-log", "--no-proxy-headers", "--no-server-header", "--lifespan", "off", "--timeout-keep-alive", "150", "--timeout-graceful-shutdown", "8"]
