#!/bin/sh
# Installs third-party connectors, each in an environment of its own, into the folder $1. A second call changes nothing.
set -eu
python=$(command -v python3) || { echo "peers: needs python3" >&2; exit 1; }
install() { # $1: the environment, then its packages with versions
  environment=$1
  shift
  wanted="$*"
  [ "$(cat "$environment/.installed" 2>/dev/null || :)" = "$wanted" ] && return
  rm -rf "$environment"
  "$python" -m venv "$environment"
  "$environment/bin/pip" --quiet --disable-pip-version-check install "$@"
  printf '%s\n' "$wanted" > "$environment/.installed"
}
mkdir -p "$1"
cd "$1"
install airbyte airbyte-source-faker==7.2.1 airbyte-source-hardcoded-records==0.0.37
install tap-jsonl tap-jsonl==0.3.1
install target-jsonl target-jsonl==0.1.4
install estuary-cdk estuary-cdk==0.3.0.dev31
install flow-sdk flow-sdk==0.1.9
