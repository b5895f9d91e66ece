#!/bin/bash
#SBATCH --job-name=zmin-join
# Joins the parts that part-array.sh has made, and writes their proof beside them. Then removes them.
#
#   scripts/slurm/join.sh DUMP.json STATE MINIFIED.json    (with sbatch, or without)
set -euo pipefail
dump=$1 state=$2 output=$3

"${ZMIN:-zmin}" join "$state"/part-* --input "$dump" --proof "$state/proof.json" -o "$output"
rm -f "$state"/part-*
