#!/bin/bash
#SBATCH --job-name=zmin-gather
# Sums up what the tasks of minify-array.sh came to, and names what is not valid or failed. Needs jq.
#
# Usage: sbatch --dependency=afterany:JOB scripts/slurm/gather.sh STATE 8     (or without sbatch)
#
# Exits with 3 if a task has no end or something failed, with 1 if something is not valid, else with 0.
set -euo pipefail
state=$1 tasks=$2

last() { grep '"event":"summary"' "$state/log.$1" 2>/dev/null | tail -n 1; }

missing=() summaries=
for ((task = 0; task < tasks; task++)); do
  if summary=$(last "$task"); then summaries+=$summary$'\n'; else missing+=("$task"); fi
done

# Of a file that was tried again its last event counts.
for ((task = 0; task < tasks; task++)); do cat "$state/log.$task" 2>/dev/null || true; done |
  jq -rn '[inputs | select(.event == "file")] | group_by(.path // .path_base64)[] | .[-1]
    | select(.status == "invalid" or .status == "failed")
    | "\(.status): \(.path // .path_base64): \(.error.message)"'
jq -rn '[inputs] | "\(map(.files) | add) files, \(map(.failed) | add) failed, \(map(.invalid) | add) not valid, " +
  "\(map(.bytes_in) | add) bytes in, \(map(.bytes_out) | add) bytes out"' <<< "$summaries"
if [ ${#missing[@]} -gt 0 ]; then
  echo "tasks without an end: ${missing[*]}"
  exit 3
fi
jq -en '[inputs | .failed + .not_reached] | add == 0' <<< "$summaries" >/dev/null || exit 3
jq -en '[inputs | .invalid] | add == 0' <<< "$summaries" >/dev/null || exit 1
