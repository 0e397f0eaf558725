#!/usr/bin/env bash
# Builds static/src/app.{scss,js} with nhsuk-frontend and uPlot into static/build.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
started=$SECONDS
source=static/src
target=static/build
# Node from the wheel where the machine has none.
command -v npm >/dev/null || PATH="$PWD/.venv/bin:$PATH"
command -v npm >/dev/null || { echo "make: there is no npm; run 'make' after installing Node.js 20 or newer." >&2; exit 1; }

echo "Building the style sheets and scripts"
if ! cmp -s package-lock.json node_modules/.from-lock; then
  npm ci --silent --no-progress || { echo "make: npm ci failed; is a package registry within reach? Then try again." >&2; exit 1; }
  cp package-lock.json node_modules/.from-lock
fi
rm -rf "$target.new"
mkdir -p "$target.new"
node_modules/.bin/sass --no-error-css --no-source-map --style=compressed --quiet-deps \
  --load-path=node_modules --load-path=node_modules/nhsuk-frontend/dist "$source/app.scss" "$target.new/app.css"
node_modules/.bin/esbuild "$source/app.js" "$source/zoom.js" --bundle --minify --format=iife \
  --target=es2020 --log-level=warning --outdir="$target.new"
cp -R node_modules/nhsuk-frontend/dist/nhsuk/assets "$target.new/assets"
# A build that failed half-way leaves the last whole one in place.
rm -rf "$target"
mv "$target.new" "$target"
echo "Built in $((SECONDS - started)) s"
