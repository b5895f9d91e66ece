"""Installs the programs and libraries, builds the harnesses, and says which versions they are."""

import dataclasses
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = pathlib.Path(__file__).resolve().parent
DEBIAN = ("jq", "gojq", "yajl-tools", "minify", "rapidjson-dev", "libsimdjson-dev", "g++", "python3-venv")
COMPILE = ("g++", "-std=c++17", "-O3", "-march=native", "-DNDEBUG", "-Wall", "-Wextra", "-Werror")


@dataclasses.dataclass(frozen=True)
class Tools:
    """Where everything is."""

    zmin: str
    kernel_benchmark: str
    copy: str
    simdjson: str
    rapidjson: str
    orjson: tuple


def shell(script):
    """Runs a line of bash after scripts/lib/setup.sh and returns the last line of its output."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"source scripts/lib/setup.sh; {script}"], cwd=ROOT, check=True,
        stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().split("\n")[-1]


def version(package):
    """The installed version of a Debian package, empty if there is none."""
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev}${Version}", package]
    found = subprocess.run(query, capture_output=True, text=True).stdout
    return found[2:].strip() if found.startswith("ii") else ""


def install():
    missing = [package for package in DEBIAN if not version(package)]
    if missing:
        shell(f"install_packages {' '.join(missing)} >&2")


def build(directory):
    """Builds into `directory`, a new one."""
    swift = "swift build -c release --static-swift-stdlib"
    products = f"for product in zmin KernelBenchmark; do {swift} --product $product >&2; done"
    binaries = pathlib.Path(shell(f"find_swift; {products}; {swift} --show-bin-path"))
    for harness, libraries in (("copy", ()), ("rapidjson", ()), ("simdjson", ("-lsimdjson",))):
        source = HERE / f"{harness}.cpp"
        subprocess.run([*COMPILE, source, "-o", directory / harness, *libraries], check=True, stdout=sys.stderr)
    python = directory / "venv/bin/python"
    # Debian's own, whatever else is first on the PATH.
    subprocess.run(["/usr/bin/python3", "-m", "venv", directory / "venv"], check=True, stdout=sys.stderr)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "orjson"], check=True,
        stdout=sys.stderr)
    return Tools(
        zmin=str(binaries / "zmin"), kernel_benchmark=str(binaries / "KernelBenchmark"),
        copy=str(directory / "copy"), simdjson=str(directory / "simdjson"), rapidjson=str(directory / "rapidjson"),
        orjson=(str(python), str(HERE / "with_orjson.py")))


def versions(tools):
    """Every peer with its version, in words."""
    asked = "import orjson, platform; print(orjson.__version__, 'on Python', platform.python_version())"
    orjson = subprocess.run(
        [tools.orjson[0], "-c", asked], check=True, capture_output=True, text=True).stdout.strip()
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty=, modified", "--exclude=*"], cwd=ROOT, capture_output=True, text=True)
    packages = (f"{package} {version(package)}" for package in DEBIAN if package != "python3-venv")
    return [f"zmin {commit.stdout.strip() or 'without a commit'}", *packages, f"orjson {orjson}"]
