#!/bin/sh
# Gives an empty MOTCUA_HOME the model and the snapshot that were built into the image, then runs the command.
set -eu
seed=${MOTCUA_SEED:-/opt/motcua-seed}
if [ -d "$seed" ] && [ ! -e "$MOTCUA_HOME/snapshots/current" ]; then
    echo "Copying the bundled corpus into $MOTCUA_HOME…" >&2
    cp -R "$seed/models" "$seed/snapshots" "$MOTCUA_HOME/"
    cp "$seed/current" "$MOTCUA_HOME/snapshots/.seeded"
    mv "$MOTCUA_HOME/snapshots/.seeded" "$MOTCUA_HOME/snapshots/current"
fi
exec "$@"
