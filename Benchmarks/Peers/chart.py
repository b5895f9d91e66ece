"""Draws the README's chart, for light and dark pages: programs from file to file, on pretty-printed records."""

HEADING = "File to file, whole programs, warm cache:"
WIDTH, ROW, TOP = 760, 34, 58
BAR_START, BAR_WIDTH = 216, 256
STYLE = """
    .page { fill: #ffffff; stroke: #d0d7de } text { fill: #1f2328; font: 14px system-ui, sans-serif }
    .note { fill: #59636e; font-size: 12px } .zmin { fill: #0969da } .other { fill: #8c959f }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; stroke: #3d444d } text { fill: #f0f6fc }
      .note { fill: #9198a1 } .zmin { fill: #4493f8 } .other { fill: #656c76 }
    }
"""


def rows(block):
    """(name, size if small, GB/s, byte-exact, invalid files passed) of each program; `block` is that of report.py."""
    lines = block[block.index(HEADING):].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    header = cells[0]
    for row in cells[2:]:
        name, _, size = row[0].strip("*").partition(", ")
        yield name, size, row[header.index("pretty")], row[header.index("byte-exact")], row[-1]


def text(x, y, words, attributes=""):
    return f'  <text x="{x}" y="{y}"{attributes}>{words}</text>'


def svg(block):
    programs = sorted(rows(block), key=lambda row: -float(row[2]))
    programs = [row for row in programs if row[0] not in ("zmin --no-validate", "minify --type json")]
    most = max(float(rate) for _, _, rate, *_ in programs)
    conditions = block.splitlines()[2].replace("(R)", "")
    machine, size = conditions.split("; documents of ")
    size = size.split(".")[0]
    small = [size for _, size, *_ in programs if size]
    suite = block.split("invalid files passed, of ")[1].split(" ")[0]
    height = TOP + ROW * len(programs) + 34
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        f"  <style>{STYLE}  </style>",
        f'  <rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>',
        text(16, 30, "GB/s from file to file"),
        text(538, 24, "documents", ' class="note"'), text(538, 40, "kept exactly", ' class="note"'),
        text(640, 24, "invalid files", ' class="note"'), text(640, 40, f"accepted, of {suite}", ' class="note"'),
    ]
    for index, (name, _, rate, exact, passed) in enumerate(programs):
        y = TOP + ROW * index
        length = max(1, round(float(rate) / most * BAR_WIDTH))
        kind = "zmin" if name == "zmin" else "other"
        lines += [
            text(16, y + 19, name),
            f'  <rect class="{kind}" x="{BAR_START}" y="{y + 4}" width="{length}" height="20" rx="2"/>',
            text(BAR_START + length + 8, y + 19, rate),
        ]
        if exact:
            lines += [text(538, y + 19, exact), text(640, y + 19, passed)]
    note = f"{machine}. Indented records of {size}, of {small[0]} for the last {len(small)}; warm cache."
    lines += [text(16, height - 14, note, ' class="note"'), "</svg>"]
    return "\n".join(lines) + "\n"
