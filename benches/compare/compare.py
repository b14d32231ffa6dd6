#!/usr/bin/env python3
"""Builds the same corpora with redbinder and with what is installed of its peers, in turn.

    compare.py --redbinder target/release/redbinder [--pages 100 1000] [--runs 5] [--work DIR]

Peers: hugo, hugo with pagefind, mdbook, mkdocs with Material; each where its command is found. A run
builds each once, one after the other, so that a busy minute is everybody's. Prints the median of the
wall seconds, the largest memory in MB and the ratio to redbinder, and how the time grows between the
first and the last number of pages. DIR should be on a memory disk.
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


def peers(args):
    """Name, how its project is made, and the commands that build it to a folder."""
    binary = str(pathlib.Path(args.redbinder).resolve())
    yield "redbinder", redbinder, lambda out: [[binary, "build", "--no-pdf", "--output", out]]
    yield "redbinder check", redbinder, lambda out: [[binary, "check"]]
    if shutil.which("hugo"):
        yield "hugo", hugo, lambda out: [["hugo", "--quiet", "--destination", out]]
        if shutil.which("pagefind"):
            yield "hugo, pagefind", hugo, lambda out: [
                ["hugo", "--quiet", "--destination", out],
                ["pagefind", "--site", out],
            ]
    if shutil.which("mdbook"):
        yield "mdbook", mdbook, lambda out: [["mdbook", "build", "--dest-dir", out]]
    if shutil.which("mkdocs"):
        yield "mkdocs, material", mkdocs, lambda out: [["mkdocs", "build", "--quiet", "--site-dir", out]]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--redbinder", required=True)
    options.add_argument("--pages", type=int, nargs="+", default=[100, 1000])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--work", type=pathlib.Path, default=pathlib.Path("target/compare"))
    args = options.parse_args()
    work = args.work.resolve()

    medians = {}
    for pages in args.pages:
        contestants = []
        for name, make, commands in peers(args):
            root = work / f"{make.__name__}-{pages}"
            if not root.exists():
                make(root, pages)
            contestants.append((name, root, commands(str(work / "out"))))
        times = {name: [] for name, *_ in contestants}
        for _ in range(args.runs):
            for name, root, commands in contestants:
                times[name].append(build(commands, root, work / "out"))
        ours = statistics.median(seconds for seconds, _ in times["redbinder"])
        print(f"\n{pages} pages, {args.runs} runs")
        for name, figures in times.items():
            median = statistics.median(seconds for seconds, _ in figures)
            memory = max(memory for _, memory in figures)
            medians.setdefault(name, []).append(median)
            print(f"  {name:18} {median:8.3f} s {memory:7.0f} MB {median / ours:7.2f} ×")
    if len(args.pages) > 1:
        span = math.log(args.pages[-1] / args.pages[0])
        print(f"\nexponent of growth from {args.pages[0]} to {args.pages[-1]} pages")
        for name, figures in medians.items():
            print(f"  {name:18} {math.log(figures[-1] / figures[0]) / span:8.2f}")


if __name__ == "__main__":
    main()
