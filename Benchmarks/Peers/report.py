"""Markdown tables of the results."""

from markdown import table


def rate(value):
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def cell(result):
    return result.failure or rate(result.rate)


def exactness(results):
    """On how many of the documents the output is the expected one."""
    count = sum(result.is_exact for result in results.values())
    return f"{count} of {len(results)}"


class Report:
    """Results by contender and document; verdicts by contender: (probes, n_ passed, y_ passed), for those judged.

    `suite_sizes` are the numbers of n_ and y_ files, None where there are none.
    """

    def __init__(self, results, verdicts, suite_sizes):
        self.results = results
        self.verdicts = verdicts
        self.suite_sizes = suite_sizes

    def passed(self, name, index):
        count, crashes = self.verdicts[name][index]
        return f"{count} ({crashes} crashed)" if crashes else str(count)

    def speed(self, contenders, slow_size, documents):
        """GB/s, peak memory, and how far the output can be trusted."""
        rows = []
        for contender in contenders:
            results = self.results[contender.name]
            row = [contender.name + (f", {slow_size} MiB" if contender.is_slow else "")]
            row += [cell(results[document]) for document in documents]
            row.append(f"{results['pretty'].peak_kib / 1024:.0f}")
            if contender.name in self.verdicts:
                row.append(exactness(results))
                row.append(self.passed(contender.name, 1) if self.suite_sizes else "not run")
            else:
                row += ["", ""]
            rows.append(row)
        passed = f"invalid files passed, of {self.suite_sizes[0]}" if self.suite_sizes else "invalid files passed"
        return table(["GB/s", *documents, "peak, MiB", "byte-exact", passed], rows)

    def ratios(self, pairs):
        """How many times as fast the first of each pair is as the second."""
        documents = list(next(iter(self.results.values())))
        rows = []
        for first, second in pairs:
            ones, others = self.results[first], self.results[second]
            rates = [(ones[document].rate, others[document].rate) for document in documents]
            rows.append([f"{first} / {second}", *(f"{one / other:.2f}" if other else "none" for one, other in rates)])
        return table(["times as fast", *documents], rows)

    def fidelity(self):
        """What is written instead of each probe, and the verdicts on JSONTestSuite."""
        probes = list(next(iter(self.verdicts.values()))[0])
        rows = []
        for name, (changes, *_) in self.verdicts.items():
            shown = [changes[probe] for probe in probes]
            row = [name, *("kept" if not text else text if text in WORDS else f"`{text}`" for text in shown)]
            row.append(", ".join(key for key, result in self.results[name].items() if not result.is_exact) or "none")
            if self.suite_sizes:
                row += [self.passed(name, 1), str(self.suite_sizes[1] - self.verdicts[name][2][0])]
            rows.append(row)
        header = ["tool", *probes, "documents changed"]
        if self.suite_sizes:
            header += [f"n_ passed, of {self.suite_sizes[0]}", f"y_ refused, of {self.suite_sizes[1]}"]
        return table(header, rows)


# What a probe's outcome may be instead of text.
WORDS = ("refused", "crashed", "longer than 10 s")
