"""The machine that is measured, and the work of others on it."""

import os
import time


def model():
    with open("/proc/cpuinfo") as file:
        return next((line.split(": ")[1].strip() for line in file if line.startswith("model name")), "unknown CPU")


def headline():
    """Machine, load and date in one line, for the top of a report."""
    date = time.strftime("%Y-%m-%d")
    return f"{model()}, {len(os.sched_getaffinity(0))} CPUs, load {os.getloadavg()[0]:.1f}, {date}"


def warning(others_cpus, scope):
    """Warning for a report in bold, empty on a quiet machine. `scope` is the part of the report that is comparable."""
    if others_cpus <= 0.1:
        return ""
    return f" **The machine was not quiet: only ratios within this {scope} mean anything.**"


def busy_seconds():
    """CPU seconds that the whole machine has worked. Time stolen by the host counts."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, *interrupts_and_steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + sum(interrupts_and_steal)) / os.sysconf("SC_CLK_TCK")


class Watch:
    """Measures the work of other processes from its creation on."""

    def __init__(self):
        self.load = os.getloadavg()[0]
        self.start = time.monotonic()
        self.others = self._others()

    @staticmethod
    def _others():
        return busy_seconds() - sum(os.times()[:4])

    def others_cpus(self):
        """CPUs that others have kept busy, on average. Children that have not ended count as others."""
        return max(0.0, (self._others() - self.others) / (time.monotonic() - self.start))
