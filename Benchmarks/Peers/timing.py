"""Times all contenders on one document, in turn, and compares what they write."""

import dataclasses
import filecmp
import statistics

LIMIT = 60


@dataclasses.dataclass
class Result:
    """What one contender did with one document."""

    size: int
    samples: list
    peak_kib: int = 0
    failure: str = ""
    is_exact: bool = False

    @property
    def rate(self):
        """GB/s of input, 0 if there is none to tell."""
        return 0.0 if self.failure else self.size / statistics.median(self.samples) / 1e9


def is_same(output, expected):
    """Whether the bytes are the expected ones, but for a line feed after them."""
    if filecmp.cmp(output, expected, shallow=False):
        return True
    if output.stat().st_size != expected.stat().st_size + 1:
        return False
    written = output.read_bytes()
    return written.endswith(b"\n") and written[:-1] == expected.read_bytes()


def time_libraries(libraries, document, expected, output, rounds):
    """Memory to memory: a process each, all of them waiting while one runs. The first two runs warm up."""
    size = document.stat().st_size
    sessions = [library.open(document) for library in libraries]
    results = []
    for session in sessions:
        first = session.run(LIMIT)
        written = first if first.failure else session.run(LIMIT, output)
        results.append(Result(size, [], first.peak_kib, written.failure))
        results[-1].is_exact = not written.failure and is_same(output, expected)
    for _ in range(rounds):
        for session, result in zip(sessions, results):
            add(result, lambda: session.run(LIMIT))
    for session in sessions:
        session.close()
    return results


def time_programs(programs, document, expected, output, rounds):
    """File to file. The first run warms up; memory is sampled in it."""
    size = document.stat().st_size
    results = []
    for program in programs:
        first = program.once(document, output, LIMIT, samples_memory=True)
        is_exact = not first.failure and is_same(output, expected)
        results.append(Result(size, [], first.peak_kib, first.failure, is_exact))
    for _ in range(rounds):
        for program, result in zip(programs, results):
            add(result, lambda: program.once(document, output, LIMIT))
    return results


def add(result, run):
    """Times once more, unless it failed before."""
    if result.failure:
        return
    outcome = run()
    result.failure = outcome.failure
    result.samples.append(outcome.seconds)
