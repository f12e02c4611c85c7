#!/usr/bin/env bash
# Installs the PyTorch that `npm run bench torch` compares with (bench/torch/requirements.txt) from PyPI into a folder of the
# user's cache, and prints its Python. Does nothing where it is there already. On Linux the wheel of PyPI also serves GPUs,
# with NVIDIA's libraries, which it loads even without one: a download of about 3 GB, and 5.3 GB on the disk. torch.compile
# also needs a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")/../bench/torch"
cache=$HOME/.cache/em-stellar-torch

# The list of what is wanted is copied last: it says that the rest is there.
if ! cmp -s requirements.txt "$cache/requirements.txt"; then
  rm -rf "$cache"
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir -r requirements.txt
  cp requirements.txt "$cache/"
fi
echo "$cache/bin/python"
