#!/usr/bin/env python3
"""Converts every sample to qbXML and to IIF, and has others look at what comes out.

    python3 Tests/Schemas/qbxml.py --binary PATH

Every request file must be valid by xmllint and Schemas/qbxml-request.xsd, pure ASCII, with no request id
twice, with customers, items, terms, classes and accounts ahead of the documents that name them, and with
the sums of the report. Both targets must deliver the same documents over the same totals and hold the same
invoices for the same reasons. The answers below Samples must be valid by Schemas/qbxml-response.xsd, except
those whose sample is about what an answer must not hold. One
line for each fault; the last line counts; exit code 1 when there is a fault.
"""

import argparse
import csv
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = ROOT / "Schemas/qbxml-request.xsd"
ANSWERS = ROOT / "Schemas/qbxml-response.xsd"
LISTS = {
    "StandardTermsAdd": "TermsRef", "AccountAdd": "AccountRef", "ClassAdd": "ClassRef", "ItemServiceAdd": "ItemRef",
    "ItemOtherChargeAdd": "ItemRef", "CustomerAdd": "CustomerRef",
}

faults = []
# Samples whose answer has what QuickBooks would not write, such as a total that is no number.
MALFORMED = {"answer-total-unchecked"}
counts = {"samples": 0, "files": 0, "documents": 0, "answers": 0}


def fault(where, what):
    faults.append(f"{where}: {what}")


def lint(schema, paths):
    result = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", schema, *paths], capture_output=True, text=True)
    if result.returncode != 0:
        fault(paths[0].name, result.stderr.strip().splitlines()[0])


def books_of(folder, words):
    """The text of the lists that QuickBooks is said to have."""
    paths = [folder / words[i + 1] for i, word in enumerate(words) if word == "--books"] + [folder / "company/books"]
    files = [f for p in paths if p.exists() for f in ([p] if p.is_file() else p.iterdir())]
    return "".join(f.read_bytes().decode("utf-8", "replace") for f in files if f.is_file()).lower()


def check_requests(where, folder, report, books):
    """Looks at the request files of one run; what the books have is not asked for."""
    files = sorted(folder.glob("*.xml"))
    if not files:
        return
    counts["files"] += len(files)
    lint(REQUESTS, files)
    ids, known, sums = set(), {}, {}
    for path in files:
        data = path.read_bytes()
        if not data.isascii():
            fault(where, f"{path.name} is not ASCII")
        if not data.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>\n<QBXML>'):
            fault(where, f"{path.name} does not begin as qbXML must")
        total, documents = Decimal(0), 0
        for request in ElementTree.parse(path).getroot().find("QBXMLMsgsRq"):
            if request.get("requestID") in ids:
                fault(where, f"{request.get('requestID')} stands twice")
            ids.add(request.get("requestID"))
            body = request[0]
            for reference in body.iter():
                if not reference.tag.endswith("Ref") or reference.tag == "SalesTaxCodeRef":
                    continue
                kind = LISTS[body.tag] if reference.tag == "ParentRef" else reference.tag.replace("ARAccount", "Account")
                name = reference.find("FullName").text.lower()
                if name not in known.get(kind, ()) and name.split(":")[-1] not in books:
                    fault(where, f"{request.get('requestID')} names {reference.find('FullName').text} too early")
            if body.tag in LISTS:
                parent = body.find("ParentRef/FullName")
                name = (parent.text + ":" if parent is not None else "") + body.find("Name").text
                known.setdefault(LISTS[body.tag], set()).add(name.lower())
            else:
                amount = sum(Decimal(e.text) for e in body.iter("Amount"))
                total += amount if body.tag == "InvoiceAdd" else -amount
                documents += 1
        sums[path.name] = (documents, total)
        counts["documents"] += documents
    told = {o["path"]: (o["documents"], Decimal(o["amount"])) for o in report["outputs"]}
    if told != sums:
        fault(where, f"the report tells {told}, the files hold {sums}")


def decisions(folder):
    """Every invoice's decision by the table of the run."""
    with open(folder / "invoices.csv", newline="", encoding="utf-8") as file:
        return sorted(tuple(row) for row in csv.reader(file))


def convert(binary, folder, words, target):
    """Runs one line of a sample for a target, without memory: (output folder, report)."""
    output = folder / f"out-{target}"
    shutil.rmtree(output, ignore_errors=True)
    words = [w for w in words if w != "--json"]
    if "--output" in words:
        at = words.index("--output")
        del words[at:at + 2]
    if "--target" in words:
        at = words.index("--target")
        del words[at:at + 2]
    command = [binary, "convert", *words[1:], "--target", target, "--no-ledger", "--output", output]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode not in (0, 3):
        return None, result
    return output, json.loads((output / "sync-report.json").read_text(encoding="utf-8"))


def check_sample(binary, sample):
    steps = [shlex.split(l) for l in (sample / "command").read_text().splitlines() if l and l[0] not in "#@"]
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "sample"
        shutil.copytree(sample, folder, ignore=shutil.ignore_patterns("expected", "command"))
        for number, words in enumerate(steps):
            where = f"{sample.name}:{number + 1}"
            if words[0] == "init":
                subprocess.run([binary, *words], cwd=folder, capture_output=True)
            if words[0] not in ("plan", "convert") or "-" in words or "--plan" in words:
                continue
            counts["samples"] += 1
            qbxml, report = convert(binary, folder, words, "qbxml")
            iif, other = convert(binary, folder, words, "iif")
            if qbxml is None or iif is None:
                if (qbxml is None) != (iif is None):
                    fault(where, "only one of the targets can be written")
                continue
            if report["totals"] != other["totals"]:
                fault(where, "the totals of the targets differ")
            if decisions(qbxml) != decisions(iif):
                fault(where, "the targets deliver or hold other invoices")
            check_requests(where, qbxml, report, books_of(folder, words))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    binary = parser.parse_args().binary.resolve()
    for part in ("findings", "scenarios"):
        for sample in sorted((ROOT / "Samples" / part).iterdir()):
            if (sample / "command").exists():
                check_sample(binary, sample)
    for path in sorted((ROOT / "Samples").rglob("*.xml")):
        if path.parent.name in MALFORMED:
            continue
        if b"<QBXMLMsgsRs" in path.read_bytes():
            counts["answers"] += 1
            lint(ANSWERS, [path])
    for line in faults:
        print(line)
    print("qbXML: {samples} samples, {files} files, {documents} documents, {answers} answers".format(**counts)
          + f", {len(faults)} faults")
    return 1 if faults or not counts["documents"] else 0


if __name__ == "__main__":
    sys.exit(main())
