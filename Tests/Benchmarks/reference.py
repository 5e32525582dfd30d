#!/usr/bin/env python3
"""The same job done plainly, as the yardstick of the benchmark: csv and Decimal, nothing else.

    reference.py IN MAPPING OUT

Reads the canonical CSV files of the folder IN, groups rows by invoice, checks totals and names, maps
categories, and writes lists.iif and invoices-NNN.iif (500 documents each) into OUT, then reads the
files back and compares the sums. It assumes canonical input and keeps no memory between runs.
"""

import csv
import sys
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")
DOCUMENTS_PER_FILE = 500
TERM_DAYS = {"Net 30": 30, "Net 15": 15, "Due on Receipt": 0, "2% 10 Net 30": 30}
TRNS = "TRNSID TRNSTYPE DATE ACCNT NAME CLASS AMOUNT DOCNUM MEMO CLEAR TOPRINT ADDR1 DUEDATE TERMS PAID PONUM TOSEND".split()
SPL = "SPLID TRNSTYPE DATE ACCNT NAME CLASS AMOUNT DOCNUM MEMO CLEAR QNTY PRICE INVITEM TAXABLE VALADJ".split()


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def text(value, limit=4095):
    """Text that IIF can hold: ASCII, one line, no quote, no semicolon."""
    if not value.isascii():
        value = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode("ascii")
    value = " ".join(value.replace('"', "'").replace(";", ",").replace("\\", "/").split())[:limit]
    return f'"{value}"' if "," in value else value


def us_date(day):
    return day.strftime("%m/%d/%Y")


class Held(Exception):
    pass


def document(rows, items, classes, customers):
    """The IIF rows of one invoice and its total."""
    first = rows[0]
    for row in rows[1:]:
        for column in ("customer_name", "invoice_date", "invoice_total", "terms", "terminal"):
            if row[column] != first[column]:
                raise Held(f"two different values of {column}")
    number, name = first["invoice_number"], first["customer_name"].strip()
    if len(number) > 11 or len(name) > 41 or ":" in name or name not in customers:
        raise Held("number or customer")
    day = date.fromisoformat(first["invoice_date"])
    due = day + timedelta(days=TERM_DAYS[first["terms"]])
    klass, total, body = classes.get(first["terminal"], ""), Decimal(0), []
    for row in rows:
        if row["category"] not in items:
            raise Held("category not mapped")
        item, account = items[row["category"]]
        amount, quantity, rate = Decimal(row["amount"]), Decimal(row["quantity"] or 1), Decimal(row["rate"] or row["amount"])
        if (quantity * rate).quantize(CENT, ROUND_HALF_UP) != amount:
            quantity, rate = Decimal(1), amount
        total += amount
        body.append(["SPL", "", "INVOICE", us_date(day), account, "", klass, str(-amount), "", text(row["description"]), "N", str(-quantity), str(rate), item, "N", "N"])
    if total != Decimal(first["invoice_total"]) or total <= 0:
        raise Held("lines do not add up")
    head = ["TRNS", "", "INVOICE", us_date(day), "Accounts Receivable", text(name), klass, str(total), number, text(first["invoice_note"]), "N", "N",
            text(name, 41), us_date(due), text(first["terms"]), "N", text(first["po_number"] or first["reference_number"], 25), "N"]
    return "\r\n".join("\t".join(row) for row in (head, *body, ["ENDTRNS"])) + "\r\n", total


def main():
    source, mapping, out = map(Path, sys.argv[1:4])
    out.mkdir(parents=True, exist_ok=True)
    items, classes = {}, {}
    for row in read(mapping):
        if row["kind"] == "item":
            items[row["loadops"]] = (text(row["quickbooks"]), text(row["account"]))
        elif row["kind"] == "class":
            classes[row["loadops"]] = text(row["quickbooks"])
    customers = {row["customer_name"].strip(): row for row in read(source / "customers.csv")}

    grouped = {}
    for row in read(source / "invoices.csv"):
        grouped.setdefault(row["invoice_number"], []).append(row)

    with open(out / "lists.iif", "w", encoding="ascii", newline="") as file:
        file.write("!ACCNT\tNAME\tACCNTTYPE\tHIDDEN\r\n")
        file.writelines(f"ACCNT\t{account}\tINC\tN\r\n" for account in dict.fromkeys(a for _, a in items.values()))
        file.write("!INVITEM\tNAME\tINVITEMTYPE\tACCNT\tHIDDEN\r\n")
        file.writelines(f"INVITEM\t{item}\tSERV\t{account}\tN\r\n" for item, account in items.values())
        file.write("!CUST\tNAME\tBADDR1\tBADDR2\tTERMS\tHIDDEN\r\n")
        file.writelines(f"CUST\t{text(name)}\t{text(name, 41)}\t{text(row['address'], 41)}\t{text(row['invoice_terms'])}\tN\r\n" for name, row in customers.items())

    heading = "\r\n".join("\t".join(row) for row in (["!TRNS", *TRNS], ["!SPL", *SPL], ["!ENDTRNS"])) + "\r\n"
    delivered = held = 0
    total, file = Decimal(0), None
    for number, rows in grouped.items():
        try:
            block, amount = document(rows, items, classes, customers)
        except (Held, ValueError, ArithmeticError, KeyError) as error:
            held += 1
            print(f"{number} held: {error}", file=sys.stderr)
            continue
        if delivered % DOCUMENTS_PER_FILE == 0:
            if file:
                file.close()
            file = open(out / f"invoices-{delivered // DOCUMENTS_PER_FILE + 1:03d}.iif", "w", encoding="ascii", newline="")
            file.write(heading)
        file.write(block)
        delivered += 1
        total += amount
    if file:
        file.close()

    again = Decimal(0)
    for path in sorted(out.glob("invoices-*.iif")):
        with open(path, encoding="ascii", newline="") as written:
            again += sum(Decimal(row[7]) for row in csv.reader(written, delimiter="\t") if row[0] == "TRNS")
    if again != total:
        sys.exit(f"written {again}, planned {total}")
    print(f"{delivered} delivered, {held} held, {total}")


if __name__ == "__main__":
    main()
