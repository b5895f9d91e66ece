"""What a contender changes, and which files of JSONTestSuite it lets pass."""

import concurrent.futures
import os
import tempfile
import pathlib

LIMIT = 10
# One kind of difference each; none has whitespace to remove.
PROBES = {
    "1.0": b"[1.0]",
    "1e5": b"[1e5]",
    "30 digits": b"[123456789012345678901234567890]",
    "escape": rb'["\u00e9"]',
    "slash": rb'["\/"]',
    "duplicate": b'{"a":1,"a":2}',
    "order": b'{"b":1,"a":2}',
    "surrogate": rb'["\ud800"]',
}


def probe(contender, directory):
    """For each probe what is written instead, empty where nothing is changed."""
    found = {}
    for name, document in PROBES.items():
        source, output = directory / "probe.json", directory / "probed.json"
        source.write_bytes(document)
        output.unlink(missing_ok=True)
        outcome = contender.once(source, output, LIMIT)
        if outcome.failure:
            found[name] = outcome.failure.split(":")[0].split(" (")[0]
        else:
            written = output.read_bytes().removesuffix(b"\n")
            found[name] = "" if written == document else written.decode(errors="replace")
    return found


def passes(contender, files):
    """How many of the files it takes without complaint, and how many it crashes on or does not end."""
    def outcome(file):
        with tempfile.TemporaryDirectory() as folder:
            return contender.once(file, pathlib.Path(folder) / "out", LIMIT).failure

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = list(pool.map(outcome, files))
    return failures.count(""), sum(failure.startswith(("crashed", "longer")) for failure in failures)
