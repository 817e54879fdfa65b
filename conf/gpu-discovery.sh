#!/usr/bin/env bash
# Tells Spark which GPUs this worker has, as spark.worker.resource.gpu.discoveryScript and
# spark.executor.resource.gpu.discoveryScript expect: {"name": "gpu", "addresses": ["0","1"]}.
set -euo pipefail
addresses="$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -sd, -)"
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
