#!/bin/bash
#SBATCH --job-name=zmin-gather
# Sums up the results of the tasks of minify-array.sh, and lists invalid and failed files. Takes seconds. Needs jq.
#
#   sbatch --dependency=afterany:JOB scripts/slurm/gather.sh STATE TASKS    (or without sbatch)
#
# Exits 3 if a task did not end or a file failed, else 1 if a file is invalid, else 0.
set -euo pipefail
state=$1 tasks=$2

last() { grep '"event":"summary"' "$state/log.$1" 2>/dev/null | tail -n 1; }

missing=() summaries=
for ((task = 0; task < tasks; task++)); do
  if summary=$(last "$task"); then summaries+=$summary$'\n'; else missing+=("$task"); fi
done

# The last event of a file counts, as a requeued task may try it again.
for ((task = 0; task < tasks; task++)); do cat "$state/log.$task" 2>/dev/null || true; done |
  jq -rn '[inputs | select(.event == "file")] | group_by(.path // .path_base64)[] | .[-1]
    | select(.status == "invalid" or .status == "failed")
    | "\(.status): \(.path // .path_base64): \(.error.message)"'
jq -rn '[inputs] | "\(map(.files) | add) files, \(map(.failed) | add) failed, \(map(.invalid) | add) invalid, " +
  "\(map(.bytes_in) | add) bytes in, \(map(.bytes_out) | add) bytes out"' <<< "$summaries"
if [ ${#missing[@]} -gt 0 ]; then
  echo "unfinished tasks: ${missing[*]}"
  exit 3
fi
jq -en '[inputs | .failed + .not_reached] | add == 0' <<< "$summaries" >/dev/null || exit 3
jq -en '[inputs | .invalid] | add == 0' <<< "$summaries" >/dev/null || exit 1
