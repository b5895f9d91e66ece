"""The documents: generated ones, and real ones repeated in an array to the same size."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORPORA = pathlib.Path(os.environ.get("ZMIN_CORPORA", ROOT.parent / "shared/corpora"))
GENERATED = ("pretty", "cjk", "minified", "numbers")
REAL = ("twitter", "citm_catalog", "canada", "gsoc-2018", "marine_ik")


def make(tools, directory, mebibytes):
    """All documents of about that size in `directory`, by name."""
    directory.mkdir()
    kinds = [word for kind in GENERATED for word in ("--kind", kind)]
    subprocess.run([tools.kernel_benchmark, "--size", str(mebibytes), *kinds, "--write-to", directory], check=True)
    made = {name: directory / f"{name}.json" for name in GENERATED}
    for name in REAL:
        source = CORPORA / f"real/{name}.json"
        if source.exists():
            made[name] = directory / f"{name}.json"
            repeat(source.read_bytes(), made[name], mebibytes << 20)
    return made


def repeat(content, target, size):
    """Writes an array of one document again and again."""
    with open(target, "wb") as file:
        file.write(b"[" + content)
        while file.tell() < size:
            file.write(b"," + content)
        file.write(b"]")


def suite(prefix):
    """The files of JSONTestSuite whose names begin so, none if it is not there."""
    return sorted((CORPORA / "JSONTestSuite/test_parsing").glob(f"{prefix}_*.json"))
