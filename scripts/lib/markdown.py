"""Markdown of dated results, and the part of it that Benchmarks/README.md repeats."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
README = ROOT / "Benchmarks/README.md"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markers(name):
    """The comments before and after the block `name`, in the dated file and in Benchmarks/README.md."""
    return f"<!-- benchmark: {name} -->", f"<!-- end of benchmark: {name} -->"


def update_readme(name):
    """Copies the block `name` from the newest dated file into Benchmarks/README.md, and returns it."""
    start, end = markers(name)

    def block(text):
        return text[text.index(start):text.index(end) + len(end)]

    newest = block(max((ROOT / "Benchmarks").glob(f"????-??-??-{name}.md")).read_text())
    text = README.read_text()
    README.write_text(text.replace(block(text), newest))
    return newest
