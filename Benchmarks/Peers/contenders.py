"""What is compared: kernels and libraries from memory to memory, programs from file to file."""

import dataclasses
import functools
import math
import pathlib
import re
import select
import signal
import subprocess
import threading
import time

import runs

SIMDJSON_FRESH = "simdjson DOM parse, fresh parser"
SIMDJSON_MINIFY = "simdjson minify"
# simdjson's implementation for parsing is chosen by the parser without the noise of making one.
SIMDJSON_CHOSEN_BY = ("reused-dom", "minify")


@dataclasses.dataclass
class Outcome:
    """One run: how long it took and its peak resident memory, or what went wrong."""

    seconds: float = 0.0
    peak_kib: int = 0
    failure: str = ""


def peak_kib(process):
    """Peak resident memory so far. What wait4 reports would include the memory before exec."""
    return runs.status_kib(process).get("VmHWM", 0)


def ending(code):
    """What an exit status says, nothing if it is 0."""
    if code < 0:
        return f"crashed ({signal.Signals(-code).name})"
    return f"refused (exit {code})" if code else ""


def too_long(limit):
    return f"longer than {limit} s"


class Session:
    """A harness that holds a document in memory and runs its operation whenever it is told to."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, limit, output=""):
        try:
            self.process.stdin.write(f"{output}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return self._ended()
        if not select.select([self.process.stdout], [], [], limit)[0]:
            self.process.kill()
            return Outcome(failure=too_long(limit))
        answer = self.process.stdout.readline().strip()
        if not answer:
            return self._ended()
        if answer.startswith("refused"):
            return Outcome(failure=answer)
        return Outcome(float(answer), peak_kib(self.process))

    def _ended(self):
        return Outcome(failure=ending(self.process.wait()) or "no answer")

    def close(self):
        self.process.kill()
        self.process.communicate()


@dataclasses.dataclass
class Library:
    """Memory to memory."""

    name: str
    command: list
    # Whether it is given smaller documents.
    is_slow: bool = False
    # Whether what it passes and what it writes are of interest: not for a copy, nor twice for the same code.
    is_judged: bool = True

    def open(self, document):
        return Session([*self.command, document])

    def once(self, document, output, limit):
        session = self.open(document)
        try:
            return session.run(limit, output)
        finally:
            session.close()


@dataclasses.dataclass
class Program:
    """File to file."""

    name: str
    # INPUT and OUTPUT stand for the paths; where there is none, standard input and standard output are the files.
    command: list
    is_slow: bool = False
    is_judged: bool = True

    def once(self, document, output, limit, samples_memory=False):
        pathlib.Path(output).unlink(missing_ok=True)
        command = [{"INPUT": document, "OUTPUT": output}.get(word, word) for word in self.command]
        standard_output = "/dev/null" if "OUTPUT" in self.command else output
        peak = 0
        with open(document, "rb") as source, open(standard_output, "wb") as target:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdin=source, stdout=target, stderr=subprocess.DEVNULL)
            # Waiting with a limit would poll, and add up to 50 ms.
            alarm = threading.Timer(limit, process.kill)
            alarm.start()
            while samples_memory and process.poll() is None:
                peak = max(peak, peak_kib(process))
                time.sleep(0.0005)
            code = process.wait()
            seconds = time.perf_counter() - start
            alarm.cancel()
        return Outcome(seconds, peak, too_long(limit) if seconds >= limit else ending(code))


def libraries(tools, document):
    """All that is timed from memory to memory, memcpy first."""
    found = [Library("memcpy", [tools.copy], is_judged=False)]
    for kernel in kernels(tools.zmin):
        serve = [tools.kernel_benchmark, "--serve", kernel]
        found.append(Library(f"**zmin {kernel}**", [*serve, "--file"]))
        found.append(Library(f"**zmin {kernel}, no check**", [*serve, "--unchecked", "--file"]))
    parse, minify = (simdjson_seconds(tools, operation, document)[0][0] for operation in SIMDJSON_CHOSEN_BY)
    found += [
        Library(f"{SIMDJSON_FRESH} ({parse})", [tools.simdjson, parse, "dom"]),
        Library(f"simdjson DOM parse, parser reused ({parse})", [tools.simdjson, parse, "reused-dom"], is_judged=False),
        Library(f"{SIMDJSON_MINIFY} ({minify})", [tools.simdjson, minify, "minify"]),
    ]
    found.append(Library("RapidJSON condense", [tools.rapidjson, "default"]))
    found.append(Library("RapidJSON condense, UTF-8 checked, numbers kept", [tools.rapidjson, "strict"]))
    found.append(Library("orjson loads, dumps", list(tools.orjson), is_slow=True))
    return found


def programs(tools):
    """All that is timed from file to file, cp first."""
    minify = ["minify", "--type", "json"]
    return [
        Program("cp", ["cp", "--reflink=never", "INPUT", "OUTPUT"], is_judged=False),
        Program("**zmin**", [tools.zmin, "INPUT", "-o", "OUTPUT"]),
        Program("**zmin --no-validate**", [tools.zmin, "--no-validate", "INPUT", "-o", "OUTPUT"]),
        Program("minify --type json", [*minify, "INPUT", "-o", "OUTPUT"], is_slow=True),
        Program("minify --json-keep-numbers", [*minify, "--json-keep-numbers", "INPUT", "-o", "OUTPUT"], is_slow=True),
        Program("json_reformat -m", ["json_reformat", "-m"], is_slow=True),
        Program("gojq -c", ["gojq", "-c", ".", "INPUT"], is_slow=True),
        Program("jq -c", ["jq", "-c", ".", "INPUT"], is_slow=True),
    ]


def kernels(zmin):
    """The kernels that this CPU can run, the fastest first."""
    listed = subprocess.run([zmin, "devices"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^  (\w+) +available", listed, re.MULTILINE)


@functools.cache
def simdjson_seconds(tools, operation, document):
    """simdjson's implementations for this CPU with their times at this, the fastest first."""
    names = subprocess.run([tools.simdjson], check=True, capture_output=True, text=True).stdout.split()
    sessions = {name: Session([tools.simdjson, name, operation, document]) for name in names}
    samples = {name: [] for name in names}
    for _ in range(4):
        for name, session in sessions.items():
            outcome = session.run(60)
            samples[name].append(math.inf if outcome.failure else outcome.seconds)
    for session in sessions.values():
        session.close()
    return sorted(((name, min(seconds)) for name, seconds in samples.items()), key=lambda pair: pair[1])
