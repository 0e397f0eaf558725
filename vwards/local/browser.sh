#!/usr/bin/env bash
# Sees that there is a Chromium and a sans-serif font for the journeys, and installs them where it may.
set -eu -o pipefail

present() {
  command -v chromium || command -v chromium-browser || command -v google-chrome ||
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
} >/dev/null

present && exit 0
[ "${1:-}" = --quiet ] && exit 1
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium and a font for the browser tests"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium fonts-liberation >/dev/null || true
  present && exit 0
fi
cat >&2 <<'END'
############################################################################
# NO CHROMIUM: the browser tests DO NOT RUN.                               #
# Install it: apt install chromium fonts-liberation (as root), then again. #
############################################################################
END
exit 1
