#!/usr/bin/env python3
"""Time from the write of a file to its new bytes over HTTP, in a preview server.

    edit_loop.py --root PROJECT --page FILE --url PATH [--edits N] -- COMMAND…

COMMAND starts a server in PROJECT that says `http://…` on its output. FILE gets a new word at its
end N times; after each, PATH is asked for until the word is in it. Prints the median and the 95th
percentile in milliseconds, and the slowest; and the same of the time until the server says on its
output that it has `checked` what was written, where it does.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.request


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--root", required=True, type=pathlib.Path)
    options.add_argument("--page", required=True)
    options.add_argument("--url", required=True)
    options.add_argument("--edits", type=int, default=40)
    options.add_argument("--pause", type=float, default=1.0, help="seconds between edits")
    options.add_argument("command", nargs="+")
    args = options.parse_args()

    server = subprocess.Popen(
        args.command, cwd=args.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    page = args.root / args.page
    before = page.read_text()
    try:
        root = address(server)
        checked = []
        threading.Thread(target=listen, args=(server, checked), daemon=True).start()
        url = f"{root}/{args.url}"
        wait_for(url, "<", 60)
        times, told = [], []
        for number in range(args.edits):
            word = f"edited{number}x{time.time_ns() % 100000}"
            page.write_text(f"{before}\n\n{word}\n")
            start = time.perf_counter()
            wait_for(url, word, 30)
            times.append((time.perf_counter() - start) * 1e3)
            time.sleep(args.pause)
            told += [(moment - start) * 1e3 for moment in checked if moment > start][:1]
        report(f"{args.command[0]}, new bytes", times)
        report(f"{args.command[0]}, checked", told)
    finally:
        page.write_text(before)
        server.kill()


def listen(server, checked):
    for line in server.stdout:
        if line.startswith("checked"):
            checked.append(time.perf_counter())


def report(what, times):
    if times:
        times.sort()
        middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"{what}: median {middle:.0f} ms, 95th percentile {late:.0f} ms, slowest {times[-1]:.0f} ms, {len(times)} edits")


def address(server):
    for line in server.stdout:
        found = re.search(r"http://[\w.\[\]:]+", line)
        if found:
            return found.group(0).rstrip("/")
    sys.exit("the server ended without an address")


def wait_for(url, word, seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(url, timeout=seconds) as answer:
                if word.encode() in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.001)
    sys.exit(f"{url} did not get {word} within {seconds} s")


if __name__ == "__main__":
    main()
