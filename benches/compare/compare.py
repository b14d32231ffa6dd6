#!/usr/bin/env python3
"""Builds the same corpora with redbinder and with what is installed of its peers, in turn.

    compare.py --redbinder target/release/redbinder [--pages 100 1000] [--runs 5] [--work DIR]
               [--floor target/release/examples/floor] [--variants 500]

Peers: hugo, hugo with pagefind, mdbook, mkdocs with Material; each where its command is found. A run
builds each once, one after the other, so that a busy minute is everybody's. Prints the median of the
wall seconds, the largest memory in MB and the ratio to redbinder, and how the time grows between the
first and the last number of pages. DIR should be on a memory disk.

With --floor (`cargo build --release --example floor`) also a corpus whose code names no language, built
with redbinder and by reading, parsing, one template and writing as many bytes alone. With --variants so
many systems over a base of 60 pages, which tailor three facts and a section each, or nothing.
"""

import argparse
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent

PLAN = """---
title: Incident response plan
summary: What to do when something looks wrong.
timers:
  report: {title: Report what you noticed, within: 1h, starts: noticed, says: [report, notify, tell]}
---
The whole plan.
"""
SITE = """title = "Corpus"
base_url = "https://corpus.example"
[editions]
responders = ""
[rules]
contradicting-timer = "warning"
"""
BASE = """---
title: Incident response plan
timers:
  report: {title: Report what you noticed, within: 1h, starts: noticed}
contacts:
  report: {title: The team, email: team@base.example}
channels:
  main: {title: The room, kind: chat, address: "#room"}
---
The whole plan.
"""
SYSTEM = """---
extends: base
system: {{name: System {number}}}
timers:
  report: {{within: 30m}}
contacts:
  report: {{email: system-{number}@base.example}}
channels:
  main: {{address: "#system-{number}"}}
---
"""
HUGO = """baseURL = "https://corpus.example/"
title = "Corpus"
disableKinds = ["taxonomy", "term", "RSS"]
[markup.goldmark.renderHooks.link]
useEmbedded = "always"
"""
# Each page lists its folder's pages and its own contents.
HUGO_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><nav><ul>{{ range .CurrentSection.RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul></nav>
<nav>{{ .TableOfContents }}</nav><main><h1>{{ .Title }}</h1>{{ .Content }}</main></body></html>
"""
MKDOCS = """site_name: Corpus
theme: {name: material}
plugins: [search]
"""


def redbinder(root, pages):
    generate("plain", pages, root / "content" / "base")
    for path in (root / "content" / "base").rglob("*.md"):
        if path.name == "index.md":
            path.unlink()
            continue
        text = path.read_text()
        title = re.search(r"^title:.*$", text, re.M).group(0)
        path.write_text(re.sub(r"\A---\n.*?\n---\n", lambda _: f"---\n{title}\n---\n", text, flags=re.S))
    (root / "content" / "base" / "plan.md").write_text(PLAN)
    (root / "site.toml").write_text(SITE)


def without_languages(root, pages):
    """The same corpus; nothing in it is highlighted."""
    redbinder(root, pages)
    for path in (root / "content" / "base").rglob("*.md"):
        path.write_text(re.sub(r"^```\w+$", "```", path.read_text(), flags=re.M))


def variants(root, count, tailor, binary):
    """So many systems over a base of 60 pages, which tailor three facts and a section of one of them."""
    redbinder(root, 60)
    base = root / "content" / "base"
    (base / "plan.md").write_text(BASE)
    page = sorted(path for path in base.rglob("*.md") if path.name != "plan.md")[0]
    heading = re.search(r"^## (.+)$", page.read_text(), re.M).group(1)
    anchor = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
    for number in range(count):
        system = root / "content" / "systems" / f"system-{number:03}"
        own = system / page.relative_to(base)
        own.parent.mkdir(parents=True)
        (system / "plan.md").write_text(SYSTEM.format(number=number) if tailor else "---\nextends: base\n---\n")
        if tailor:
            own.write_text(f"## {{#{anchor} .append}}\n\nIn system {number} the desk of the house is called.\n")
    subprocess.run([binary, "accept", "--all"], cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def hugo(root, pages):
    generate("hugo", pages, root)
    (root / "hugo.toml").write_text(HUGO)
    for name in ["single", "list", "home"]:
        path = root / "layouts" / "_default" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HUGO_PAGE)


def mdbook(root, pages):
    generate("mdbook", pages, root)
    (root / "book.toml").write_text('[book]\ntitle = "Corpus"\n')


def mkdocs(root, pages):
    generate("mkdocs", pages, root)
    (root / "mkdocs.yml").write_text(MKDOCS)


def generate(flavour, pages, root):
    command = [sys.executable, str(HERE / "gen_corpus.py"), "--flavour", flavour]
    subprocess.run(command + ["--pages", str(pages), "--out", str(root)], check=True, stdout=subprocess.DEVNULL)


def build(commands, root, output):
    """Wall seconds and the largest memory in MB of commands, one after the other."""
    shutil.rmtree(output, ignore_errors=True)
    seconds, memory = 0.0, 0.0
    for command in commands:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds += time.perf_counter() - start
        memory = max(memory, usage.ru_maxrss / 1024)
        if status:
            sys.exit(f"{' '.join(command)} failed in {root}")
    return seconds, memory


def contestants(args, variants_of=None):
    """Name, the corpus and how it is made, and the commands that build it to a folder.

    What the floor is to write is as much as the contestant before it wrote.
    """
    binary = str(pathlib.Path(args.redbinder).resolve())
    floor = str(args.floor.resolve()) if args.floor else None

    def ours(out, _):
        return [[binary, "build", "--no-pdf", "--output", out]]

    def at_the_floor(copies):
        return lambda out, written: [[floor, "content/base", out, str(written), str(copies)]]

    if variants_of is not None:
        for name, tailor in [("tailored", True), ("untailored", False)]:
            make = lambda root, count, tailor=tailor: variants(root, count, tailor, binary)
            yield f"redbinder, {name}", name, make, ours
            if floor:
                yield f"floor, {name}", name, make, at_the_floor(variants_of + 1)
        return
    yield "redbinder", "redbinder", redbinder, ours
    yield "redbinder check", "redbinder", redbinder, lambda out, _: [[binary, "check"]]
    if floor:
        yield "redbinder, no languages", "no-languages", without_languages, ours
        yield "floor", "no-languages", without_languages, at_the_floor(1)
    if shutil.which("hugo"):
        site = lambda out, _: [["hugo", "--quiet", "--destination", out]]
        yield "hugo", "hugo", hugo, site
        if shutil.which("pagefind"):
            search = lambda out, _: [["hugo", "--quiet", "--destination", out], ["pagefind", "--site", out]]
            yield "hugo, pagefind", "hugo", hugo, search
    if shutil.which("mdbook"):
        yield "mdbook", "mdbook", mdbook, lambda out, _: [["mdbook", "build", "--dest-dir", out]]
    if shutil.which("mkdocs"):
        material = lambda out, _: [["mkdocs", "build", "--quiet", "--site-dir", out]]
        yield "mkdocs, material", "mkdocs", mkdocs, material


def compare(args, count, entries):
    """Builds each in turn, so many times, and prints and returns the medians by name."""
    work = args.work.resolve()
    output = work / "out"
    times = {name: [] for name, *_ in entries}
    for _ in range(args.runs):
        written = 0
        for name, corpus, make, commands in entries:
            root = work / f"{corpus}-{count}"
            if not root.exists():
                make(root, count)
            times[name].append(build(commands(str(output), written), root, output))
            written = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    medians = {name: statistics.median(seconds for seconds, _ in figures) for name, figures in times.items()}
    ours = next(iter(medians.values()))
    for name, figures in times.items():
        memory = max(memory for _, memory in figures)
        print(f"  {name:24} {medians[name]:8.3f} s {memory:7.0f} MB {medians[name] / ours:7.2f} ×", flush=True)
    return medians


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--redbinder", required=True)
    options.add_argument("--pages", type=int, nargs="*", default=[100, 1000])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--work", type=pathlib.Path, default=pathlib.Path("target/compare"))
    options.add_argument("--floor", type=pathlib.Path)
    options.add_argument("--variants", type=int)
    args = options.parse_args()

    medians = {}
    for pages in args.pages:
        print(f"\n{pages} pages, {args.runs} runs")
        for name, median in compare(args, pages, list(contestants(args))).items():
            medians.setdefault(name, []).append(median)
    if len(args.pages) > 1:
        span = math.log(args.pages[-1] / args.pages[0])
        print(f"\nexponent of growth from {args.pages[0]} to {args.pages[-1]} pages")
        for name, figures in medians.items():
            print(f"  {name:24} {math.log(figures[-1] / figures[0]) / span:8.2f}")
    if args.variants is not None:
        print(f"\n{args.variants} systems over a base of 60 pages, {args.runs} runs")
        compare(args, args.variants, list(contestants(args, args.variants)))


if __name__ == "__main__":
    main()
