#!/usr/bin/env bash
# Cluster-scoped init script: Reckon on the class path of driver and executors, and libtorch with CUDA
# where there is a GPU. RECKON_VOLUME, an environment variable of the cluster, is where they lie.
set -euo pipefail
volume="${RECKON_VOLUME:?set RECKON_VOLUME to the folder of reckon.jar in the environment variables of the cluster}"
cp "$volume/reckon.jar" /databricks/jars/
if command -v nvidia-smi > /dev/null; then
  mkdir -p /local_disk0/reckon
  unzip -q -o "$volume/libtorch.zip" -d /local_disk0/reckon
fi
