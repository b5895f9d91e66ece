"""The machine that figures come from, and how much of it other work took meanwhile."""

import os
import time


def model():
    with open("/proc/cpuinfo") as file:
        return next((line.split(": ")[1].strip() for line in file if line.startswith("model name")), "unknown CPU")


def busy_seconds():
    """CPU seconds that the whole machine has worked, or has been held off by its host."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, *interrupts_and_steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + sum(interrupts_and_steal)) / os.sysconf("SC_CLK_TCK")


class Watch:
    """Measures the work of others from its making on."""

    def __init__(self):
        self.load = os.getloadavg()[0]
        self.start = time.monotonic()
        self.others = self._others()

    @staticmethod
    def _others():
        return busy_seconds() - sum(os.times()[:4])

    def others_cpus(self):
        """How many CPUs others have kept busy, on average. Children that have not ended count among them."""
        return max(0.0, (self._others() - self.others) / (time.monotonic() - self.start))
