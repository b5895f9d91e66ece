import Foundation
import Glibc

/// Programs and scripts that commands of the guide call.
enum ClusterTools {
  /// A fake Slurm that runs the tasks of an array in turn.
  private static let sbatch = """
    #!/bin/bash
    tasks=
    while [[ $1 == --* ]]; do case $1 in --array=0-*) tasks=${1#--array=0-} ;; esac; shift; done
    script=$1; shift
    if [ -z "$tasks" ]; then exec bash "$script" "$@"; fi
    for task in $(seq 0 $tasks); do SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$task bash "$script" "$@" >&2; done
    echo 7

    """

  /// Puts `bin/zmin`, `bin/sbatch` and the project's `scripts` into a directory.
  static func install(in scratch: Scratch) throws {
    mkdir(scratch.file("bin"), 0o755)
    try scratch.write(sbatch, to: "bin/sbatch")
    chmod(scratch.file("bin/sbatch"), 0o755)
    symlink(ZminProgram.program, scratch.file("bin/zmin"))
    symlink(ArticleTests.package.appending(path: "scripts").path, scratch.file("scripts"))
  }
}
