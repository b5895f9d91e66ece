#!/bin/bash
#SBATCH --job-name=zmin
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@30
# An array job that minifies a directory of dumps in place. Each task takes about the same number of bytes.
#
#   sbatch --array=0-7 [--gres=gpu:1] scripts/slurm/minify-array.sh DUMPS STATE 8
#
# DUMPS and STATE are directories that all nodes share. The last argument is the number of tasks, which Slurm does not
# report for arrays with holes. STATE gets the plan shared by all tasks, and each task's journal, log and metrics. A
# requeued task continues where it stopped. A task that is killed or exits 3 is requeued up to three times.
set -euo pipefail
dumps=$1 state=$2 tasks=$3
task=$SLURM_ARRAY_TASK_ID
zmin=${ZMIN:-zmin}

mkdir -p "$state"
"$zmin" --recursive --in-place "$dumps" --shard "auto/$tasks" --shard-plan "$state/plan" \
  --journal "$state/journal.$task" --log-file "$state/log.$task" --metrics-file "$state/metrics.$task.prom" &
pid=$!
trap 'kill -TERM "$pid"' TERM
code=0
wait "$pid" || code=$?
# A signal ends the first wait before zmin ends.
if kill -0 "$pid" 2>/dev/null; then
  code=0
  wait "$pid" || code=$?
fi
if { [ "$code" -eq 3 ] || [ "$code" -eq 137 ]; } && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$task"
fi
exit "$code"
