#!/usr/bin/env bash
# A nightly run for cron, one at a time:
#   0 2 * * * flock -n /tmp/reckon-nightly /opt/reckon/nightly.sh >> /var/log/reckon-nightly.log 2>&1
# Ends with 0 where every row has its outcome, else with what a person has to look at.
set -u

# Where the settings' relative paths begin on this machine, which runs the driver: its exit code is spark-submit's.
cd /opt/reckon || exit 1

TRIES=3
PAUSE_SECONDS=600

infer() {
  spark-submit --deploy-mode client --properties-file /opt/reckon/spark-defaults.conf \
    --class io.reckon.jobs.cli.Main /opt/reckon/reckon.jar \
    infer --since-last-run --prompts hdfs:///PROMPTS --output hdfs:///ANSWERS \
    --model hdfs:///models/MODEL
}

for ((try = 1; try <= TRIES; try++)); do
  infer
  code=$?
  case $code in
    0) exit 0 ;;
    3)
      echo "done, and rows have failed: see the column error of the answers"
      exit 0
      ;;
    2)
      echo "the input is wrong, or another run has the output: see above"
      exit 2
      ;;
    130 | 143) exit $code ;; # Somebody has stopped it.
    *)
      echo "try $try of $TRIES broke with $code; what was done is kept"
      ((try < TRIES)) && sleep "$PAUSE_SECONDS"
      ;;
  esac
done
exit "$code"
