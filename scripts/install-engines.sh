#!/usr/bin/env bash
# Installs the engines that tests/engines uses on a bare Debian machine. Does nothing where they are there already.
# Slurm and munge come from Debian; HyperQueue, Snakemake and the schemas of Kubernetes from PyPI, and Nextflow from Maven
# Central, into a folder of the user's cache (tests/engines/installed.ts).
set -euo pipefail
cd "$(dirname "$0")/../tests/engines"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/em-stellar-engines
[ "$(id -u)" = 0 ] && sudo='' || sudo=sudo

packages=()
need() { # PROGRAM PACKAGE...
  PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || packages+=("${@:2}")
}
need slurmctld slurmctld
need slurmd slurmd
need sbatch slurm-client
need munged munge
need ip iproute2
need java default-jre-headless
need mvn maven
need python3 python3
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
if [ ${#packages[@]} -gt 0 ]; then
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

# The list of what is wanted is copied last: it says that the rest is there.
if ! cmp -s requirements.txt "$cache/python/requirements.txt"; then
  rm -rf "$cache/python"
  python3 -m venv "$cache/python"
  "$cache/python/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt "$cache/python/"
fi
if ! cmp -s nextflow.pom.xml "$cache/nextflow/nextflow.pom.xml"; then
  rm -rf "$cache/nextflow"
  mvn --quiet --batch-mode -f nextflow.pom.xml dependency:copy-dependencies -DoutputDirectory="$cache/nextflow"
  cp nextflow.pom.xml "$cache/nextflow/"
fi
