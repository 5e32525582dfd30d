"""A company folder, everything that is dropped into it, and what must be left of that in the end."""

import collections
import hashlib
import json
import random
import re
import subprocess
import threading
import time

HEADER = "invoice_number,customer_name,invoice_date,category,amount\n"


class Wrong(Exception):
    """Something that must not be."""


def export(first, count):
    """An export of invoices with these numbers, each with one or two lines, so that half an invoice would be seen."""
    rows = []
    for number in range(first, first + count):
        rows.append(f"{number},Customer {number % 9},2026-01-{number % 28 + 1:02},Line Haul,{100 + number % 50}.25\n")
        if number % 3 == 0:
            rows.append(f"{number},Customer {number % 9},2026-01-{number % 28 + 1:02},Detention,{number % 40 + 1}.50\n")
    return (HEADER + "".join(rows)).encode()


def cents(number):
    return (100 + number % 50) * 100 + 25 + ((number % 40 + 1) * 100 + 50 if number % 3 == 0 else 0)


class Company:
    """A company folder and everything that was dropped into it."""

    def __init__(self, harness, name):
        self.harness, self.path, self.name = harness, harness.work / name, name
        subprocess.run([harness.binary, "init", self.path, "--name", f"{name} Carriers"], check=True, stdout=subprocess.DEVNULL)
        self.inbox = self.path / "inbox"
        self.outside = harness.work / f"{name}-outside"
        self.outside.mkdir()
        self.next = 1000
        self.numbers, self.files, self.poison = set(), collections.Counter(), collections.Counter()
        self.lock = threading.Lock()

    def make(self, count=4):
        """The bytes of a new export, whose invoices must all arrive."""
        with self.lock:
            first, self.next = self.next, self.next + count
            self.numbers |= set(range(first, first + count))
        data = export(first, count)
        with self.lock:
            self.files[hashlib.sha256(data).hexdigest()] += 1
        return data

    def make_poison(self):
        with self.lock:
            self.next += 1
            data = random.Random(self.next).choice([b"hello %d\nworld\n", b'{"invoices": [%d', b"PK\x03\x04 %d"]) % self.next
            self.poison[hashlib.sha256(data).hexdigest()] += 1
        return data

    def move_in(self, data, name):
        aside = self.outside / name
        aside.write_bytes(data)
        aside.rename(self.inbox / name)

    # ---- judging

    def runs(self):
        return [f for f in sorted((self.path / "outbox").iterdir()) if f.is_dir() and (f / "sync-report.json").exists()]

    def documents(self):
        found, sums = collections.Counter(), collections.Counter()
        for folder in self.runs():
            for file in sorted(folder.glob("[0-9]*.iif")):
                columns = {}
                for line in file.read_bytes().split(b"\r\n"):
                    row = line.split(b"\t")
                    if row[0] == b"!TRNS":
                        columns = {c: i for i, c in enumerate(row)}
                    elif row[0] == b"TRNS":
                        number = int(row[columns[b"DOCNUM"]])
                        found[number] += 1
                        sums[number] += int(row[columns[b"AMOUNT"]].replace(b".", b""))
        return found, sums

    def kept(self, top):
        """The sums of the files in archive or held, without what the watcher wrote itself."""
        sums = collections.Counter()
        for file in (self.path / top).rglob("*"):
            if file.is_file() and file.name not in ("why.txt", "summary.txt", "summary.json") and not re.fullmatch(r"held(-\d+)?\.csv", file.name):
                sums[hashlib.sha256(file.read_bytes()).hexdigest()] += 1
        return sums

    def is_quiet(self):
        journals = self.path / ".loadbooks/watch"
        return not [p for p in self.inbox.iterdir()] and not (journals.exists() and list(journals.glob("*.json")))

    def wait(self, seconds=240):
        """Waits until the inbox is empty and nothing is in work."""
        deadline = time.monotonic() + seconds
        while not self.is_quiet():
            if time.monotonic() > deadline:
                raise Wrong(f"{self.name}: still in the inbox after {seconds} s: {sorted(p.name for p in self.inbox.iterdir())[:9]}")
            time.sleep(0.05)

    def audit(self, after):
        figures = self.harness.figures
        found, sums = self.documents()
        lost = self.numbers - set(found)
        doubled = {n for n, count in found.items() if count > 1}
        figures["lost"] += len(lost)
        figures["doubled"] += len(doubled)
        if lost or doubled or set(found) - self.numbers:
            raise Wrong(f"{after}: {len(lost)} lost {sorted(lost)[:5]}, {len(doubled)} doubled {sorted(doubled)[:5]}, {sorted(set(found) - self.numbers)[:5]} never dropped")
        wrong = [n for n in found if sums[n] != cents(n)]
        if wrong:
            raise Wrong(f"{after}: other amounts for {wrong[:5]}: a file was read in part")
        read = collections.Counter()
        for folder in self.runs():
            report = json.loads((folder / "sync-report.json").read_text())
            if not (folder / "summary.txt").exists():
                raise Wrong(f"{after}: {folder.name} has no summary")
            for item in report["inputs"]:
                read[item["sha256"]] += 1
        unknown, twice, never = set(read) - set(self.files), [s for s, n in read.items() if n > 1], set(self.files) - set(read)
        if unknown or twice or never:
            raise Wrong(f"{after}: {len(unknown)} inputs were no complete file, {len(twice)} were read by two runs, {len(never)} by none")
        if self.kept("archive") != self.files:
            raise Wrong(f"{after}: the archive has {sum(self.kept('archive').values())} files, {sum(self.files.values())} were dropped")
        if self.kept("held") != self.poison:
            raise Wrong(f"{after}: held has {sum(self.kept('held').values())} files, {sum(self.poison.values())} poison ones were dropped")
        for folder in (self.path / "held").iterdir():
            if not (folder / "why.txt").exists():
                raise Wrong(f"{after}: nothing says why {folder.name} is held")
        hidden = [p for p in self.path.rglob(".*") if p.name != ".loadbooks" and not p.name.endswith(".new")]
        if hidden:
            raise Wrong(f"{after}: hidden files are left: {hidden}")
        result = subprocess.run([self.harness.binary, "ledger", "check", "--company", self.path], capture_output=True, text=True)
        if result.returncode:
            raise Wrong(f"{after}: ledger check ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        figures["files"] += sum(self.files.values())
        figures["audits"] += 1
