#!/bin/bash
#SBATCH --job-name=zmin-part
#SBATCH --requeue
#SBATCH --open-mode=append
# An array job that minifies one file: each task a part.
#
#   job=$(sbatch --parsable --array=0-7 scripts/slurm/part-array.sh DUMP.json STATE 8)
#   sbatch --dependency="afterok:$job" scripts/slurm/join.sh DUMP.json STATE MINIFIED.json
#
# DUMP.json and STATE are on a file system that all nodes share. A part appears whole, and a requeued task that has one
# already does nothing. A task that is killed or exits 3 is requeued up to three times.
set -euo pipefail
dump=$1 state=$2 tasks=$3
part=$state/part-$SLURM_ARRAY_TASK_ID

mkdir -p "$state"
if [ -e "$part.summary" ]; then exit 0; fi
code=0
"${ZMIN:-zmin}" part "auto/$tasks" "$dump" -o "$part" || code=$?
if { [ "$code" -eq 3 ] || [ "$code" -eq 137 ]; } && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
