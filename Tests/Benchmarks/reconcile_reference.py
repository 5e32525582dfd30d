#!/usr/bin/env python3
"""Reconciling done plainly, as the yardstick of the benchmark: csv, Decimal and two dicts.

    reconcile_reference.py INVOICES REPORT

Adds up the lines of the export INVOICES by invoice, reads the documents of REPORT, and prints what differs. It knows one
layout of each and asks no other question. Exit code 4 when there is a difference.
"""

import csv
import sys
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal


def main():
    export, report = sys.argv[1:3]
    totals, heads = defaultdict(Decimal), {}
    with open(export, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = row["invoice_number"]
            totals[number] += Decimal(row["amount"])
            heads[number] = (row["customer_name"].strip(), date.fromisoformat(row["invoice_date"]))
    books = defaultdict(list)
    with open(report, encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) > 7 and row[1] == "Invoice":
                day = datetime.strptime(row[0], "%m/%d/%Y").date()
                books[row[2].strip()].append((row[3].strip(), day, Decimal(row[6].replace(",", ""))))
    differences = []
    for number, (customer, day) in heads.items():
        found = books.pop(number, [])
        if not found:
            differences.append(("-", number, totals[number]))
            continue
        theirs = found[0]
        fields = [name for name, mine, other in zip(("customer", "date", "total"), (customer, day, totals[number]), theirs) if mine != other]
        if fields:
            differences.append(("*", number, fields))
        differences += [("+", number, one[2]) for one in found[1:]]
    differences += [("+", number, one[2]) for number, left in books.items() for one in left]
    for sign, number, what in differences:
        print(sign, number, what)
    print(f"{len(differences)} differences")
    return 4 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
