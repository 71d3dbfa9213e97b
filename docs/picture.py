#!/usr/bin/env python3
"""Makes docs/talk.svg, the picture of a talk in the README, from a real terminal.

    python3 docs/picture.py            writes it
    python3 docs/picture.py --check    fails if the committed one differs

It builds wsline, types the lines of TALK into a shell in a tmux of its own, and draws the screen
with its colours. The file that the talk saves must be the one that README.md shows. It needs Go,
bash and tmux, and no network but loopback.
"""
import difflib
import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "talk.svg"

TITLE = "A talk in a terminal, saved and run again as a test"
DESCRIPTION = """wsline demo: connects and shows the server's welcome on one row. A JSON
message is sent and answered. /ping is answered by a pong, with the round trip. /close 4000 bye is
answered by the server's Close frame. /save hello.wst writes the conversation, and wsline test
hello.wst passes."""

# What is typed, and what the screen ends with before the next line is typed.
TALK = [
    ("wsline demo:", r'server"}\n>'),
    ('{"text":"hello"}', r'Z"\n  }\n>'),
    ("/ping are you there", r"round trip .*\n>"),
    ("/close 4000 bye", r"closed: .*\nnot connected>"),
    ("/save hello.wst", r"saved.*\nnot connected>"),
    ("/quit", r"\n\$"),
    ("wsline test hello.wst", r"1 passed .*\n\$"),
]

# What differs each time: the port of demo:, the clock, and how long things took. The picture has
# these instead, and nothing else in it is made up.
FIXED = [
    (r"(?<=ws://127\.0\.0\.1:)\d+", "37965"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", "2026-01-31T12:00:00.000Z"),
    (r"(?<=round trip )\S+", "187µs"),
    (r"(?<=hello\.wst  )\d\S*", "3ms"),
    (r"(?<=1 passed in )\d\S*", "0.0"),
]

COLUMNS, ROWS = 76, 40
CELL, LINE, SIZE, MARGIN = 8.4, 20, 14, 20
BACKGROUND, BORDER, TEXT, DIM = "#161b22", "#30363d", "#dce1e7", "#949da8"
COLOURS = {31: "#ff8f85", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#56d4dd"}
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def record(directory):
    """Has the talk, and returns the screen as tmux tells it, and where the cursor is."""
    subprocess.run(["go", "build", "-o", f"{directory}/bin/wsline", "."], cwd=ROOT, check=True)
    home = f"{directory}/home"
    os.mkdir(home)

    def tmux(*arguments):
        command = ["tmux", "-u", "-S", f"{directory}/tmux", "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                              encoding="utf-8").stdout

    def wait(pattern):
        deadline = time.monotonic() + 30
        while not re.search(pattern + r"\Z", screen := tmux("capture-pane", "-p").rstrip()):
            if time.monotonic() > deadline:
                sys.exit(f"the screen does not end with {pattern!r}:\n{screen}")
            time.sleep(0.02)

    tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "-c", home,
         "env", "-i", f"PATH={directory}/bin:{os.environ['PATH']}", f"HOME={home}", "HISTFILE=",
         "PS1=$ ", "TERM=xterm-256color", "LC_ALL=C.UTF-8", "bash", "--norc", "--noprofile")
    try:
        wait(r"\$")
        for line, pattern in TALK:
            for key in line:
                tmux("send-keys", "-l", key)
            tmux("send-keys", "Enter")
            wait(pattern)
        saved = pathlib.Path(home, "hello.wst").read_text(encoding="utf-8")
        if saved not in (ROOT / "README.md").read_text(encoding="utf-8"):
            sys.exit(f"README.md does not show the file that the talk saves:\n{saved}")
        cursor = tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return tmux("capture-pane", "-p", "-e"), tuple(map(int, cursor))
    finally:
        tmux("kill-server")


def cells(screen):
    """Returns the screen's rows, each a list of characters with their colours."""
    rows, colour, dim = [], None, False
    for line in screen.rstrip().split("\n"):
        row = []
        for part in re.split(r"(\x1b\[[\d;]*m)", line):
            if not part.startswith("\x1b"):
                row += [(char, DIM if dim else COLOURS.get(colour, TEXT)) for char in part]
                continue
            for code in [int(word or 0) for word in part[2:-1].split(";")]:
                if code in (0, 22):
                    dim = False
                if code in (0, 39):
                    colour = None
                elif code == 2:
                    dim = True
                elif code % 60 in COLOURS:  # 94 is the bright 34
                    colour = code % 60
        for pattern, text in FIXED:
            plain = "".join(char for char, _ in row)
            for found in reversed(list(re.finditer(pattern, plain))):
                of = row[found.start()][1]
                row[found.start():found.end()] = [(char, of) for char in text]
        rows.append(row)
    return rows


def runs(row):
    """Yields the pieces of a row that have one colour: where they start, text, and colour."""
    start = 0
    while start < len(row):
        end = start
        while end < len(row) and row[end][1] == row[start][1]:
            end += 1
        text = "".join(char for char, _ in row[start:end])
        if text.strip():
            yield start + len(text) - len(text.lstrip()), text.strip(), row[start][1]
        start = end


def draw(rows, cursor):
    """Returns the SVG. Each run has its place and width, so that columns hold in every font."""
    width, height = round(COLUMNS * CELL) + 2 * MARGIN, len(rows) * LINE + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title description">',
        f'<title id="title">{html.escape(TITLE)}</title>',
        f'<desc id="description">{html.escape(DESCRIPTION)}</desc>',
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" '
        f'fill="{BACKGROUND}" stroke="{BORDER}"/>',
        f'<g font-family="{FONTS}" font-size="{SIZE}" xml:space="preserve">',
    ]
    for number, row in enumerate(rows):
        y = MARGIN + number * LINE + 15
        for column, text, colour in runs(row):
            x, length = MARGIN + column * CELL, len(text) * CELL
            out.append(f'<text x="{x:.1f}" y="{y}" fill="{colour}" textLength="{length:.1f}">'
                       f'{html.escape(text, quote=False)}</text>')
    out.append("</g>")
    x, y = MARGIN + cursor[0] * CELL, MARGIN + cursor[1] * LINE + 2
    out.append(f'<rect x="{x:.1f}" y="{y}" width="{CELL:.1f}" height="{LINE - 3}" fill="{TEXT}"/>')
    return "\n".join([*out, "</svg>", ""])


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit("usage: python3 docs/picture.py [--check]")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        screen, cursor = record(directory)
    svg = draw(cells(screen), cursor)
    if not arguments:
        PICTURE.write_text(svg, encoding="utf-8")
        return
    committed = PICTURE.read_text(encoding="utf-8")
    if svg != committed:
        sys.stderr.writelines(difflib.unified_diff(
            committed.splitlines(True), svg.splitlines(True), "docs/talk.svg", "the talk now"))
        sys.exit("docs/talk.svg is stale: python3 docs/picture.py writes it")


main(sys.argv[1:])
