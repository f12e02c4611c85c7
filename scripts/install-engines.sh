#!/usr/bin/env bash
# Installs the engines that tests/engines uses on a bare Debian machine: Slurm and munge. Does nothing where they are there already.
set -euo pipefail
for program in slurmctld slurmd sbatch munged; do
  PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || missing=yes
done
[ -n "${missing:-}" ] || exit 0
[ "$(id -u)" = 0 ] && sudo='' || sudo=sudo
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge
