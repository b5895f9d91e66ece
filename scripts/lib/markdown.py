"""Markdown of dated results, and the part of it that README.md repeats."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markers(name):
    """The comments before and after the block `name`, in the dated file and in README.md."""
    return f"<!-- benchmark: {name} -->", f"<!-- end of benchmark: {name} -->"


def update_readme(name):
    """Copies the block `name` from the newest Benchmarks/YYYY-MM-DD-NAME.md into README.md."""
    start, end = markers(name)

    def block(text):
        return text[text.index(start):text.index(end) + len(end)]

    newest = max((ROOT / "Benchmarks").glob(f"????-??-??-{name}.md"))
    readme = ROOT / "README.md"
    text = readme.read_text()
    readme.write_text(text.replace(block(text), block(newest.read_text())))
