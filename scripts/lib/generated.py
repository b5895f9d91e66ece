"""Documents for measurements."""

import subprocess


def document(generator, directory, kind, mebibytes):
    """A document of a kind that KernelBenchmark (`generator`) can write. Made once for each size."""
    path = directory / f"{kind}-{mebibytes}.json"
    if not path.exists():
        subprocess.run([generator, "--size", str(mebibytes), "--kind", kind, "--write-to", directory], check=True)
        (directory / f"{kind}.json").rename(path)
    return path


def repeated(unit, before=b"", after=b""):
    """A function from a size in bytes to the pieces of a document of about that size that repeats `unit`."""
    def parts(byte_count):
        count = max(1, (byte_count - len(before) - len(after)) // len(unit))
        per_block = max(1, (1 << 20) // len(unit))
        yield before
        block = unit * per_block
        yield from (block for _ in range(count // per_block))
        yield unit * (count % per_block)
        yield after
    return parts
