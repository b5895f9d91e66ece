"""Runs of programs: building them, timing them, and sampling their memory."""

import argparse
import dataclasses
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def build(*products, package=ROOT, is_static=True, environment=None):
    """Builds products of a package in release mode. Returns the folder with the programs."""
    command = ["swift", "build", "-c", "release", *(["--static-swift-stdlib"] if is_static else [])]
    for product in products:
        subprocess.run([*command, "--product", product], cwd=package, env=environment, check=True, stdout=sys.stderr)
    folder = subprocess.run([*command, "--show-bin-path"], cwd=package, check=True, capture_output=True, text=True)
    return pathlib.Path(folder.stdout.strip())


def status_kib(process):
    """Sizes in /proc/PID/status by name, such as VmHWM, in KiB. Empty if the process has ended."""
    try:
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return {}
    return {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB", status, re.MULTILINE)}


def seconds(*command):
    """Runs a command and returns its wall time in seconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


@dataclasses.dataclass
class Run:
    """Cost of a run. Memory is that of the process, CPU time includes its children."""

    seconds: float
    cpu_seconds: float
    peak_kib: int
    private_peak_kib: int


def measure(*command, interval_seconds=0.001):
    """Runs a command and samples its memory. What wait4 reports would include the memory before exec."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = private_peak = 0
    while process.poll() is None:
        sizes = status_kib(process)
        peak = max(peak, sizes.get("VmHWM", 0))
        private_peak = max(private_peak, sizes.get("RssAnon", 0))
        time.sleep(interval_seconds)
    elapsed = time.perf_counter() - start
    if process.returncode != 0:
        raise SystemExit(f"{command} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(elapsed, cpu, peak, private_peak)


def in_directory(main, description):
    """Calls `main` with the directory that the command line names, or with a temporary one."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", type=pathlib.Path, help="folder for files (default: a temporary one)")
    directory = parser.parse_args().directory
    if directory is not None:
        main(directory)
        return
    with tempfile.TemporaryDirectory() as folder:
        main(pathlib.Path(folder))
