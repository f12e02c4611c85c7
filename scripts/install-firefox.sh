#!/usr/bin/env bash
# Installs what the test of the studio in Firefox needs on a bare Debian machine; does nothing where it is there already.
set -euo pipefail
command -v firefox-esr >/dev/null && exit 0
[ "$(id -u)" = 0 ] && sudo='' || sudo=sudo
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends firefox-esr
