#!/usr/bin/env python3
"""The same job done plainly, as the yardstick of the benchmark: csv and Decimal, nothing else.

    reference.py IN MAPPING OUT [--target iif|qbxml]

Reads the canonical export in the folder IN (invoices.csv, or invoices.ndjson, or the workbook invoices.xlsx
by way of openpyxl), groups rows by invoice, checks totals and names, maps categories, and writes the files
for QuickBooks into OUT, then reads the documents back and compares the sums. Its IIF files are
byte for byte those of LoadBooks; its qbXML holds the same and is validated by nobody. It assumes canonical input and
keeps no memory between runs.
"""

import csv
import json
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")
DOCUMENTS_PER_FILE = 500
TERMS = {"Net 30": (30, 0, "0.0%"), "Net 15": (15, 0, "0.0%"), "Due on Receipt": (0, 0, "0.0%"), "2% 10 Net 30": (30, 10, "2.0%")}
TRNS = ("TRNSID TRNSTYPE DATE ACCNT NAME CLASS AMOUNT DOCNUM MEMO CLEAR TOPRINT NAMEISTAXABLE ADDR1 ADDR2 ADDR3 ADDR4 ADDR5 "
        "DUEDATE TERMS PAID SHIPDATE PONUM TOSEND").split()
SPL = "SPLID TRNSTYPE DATE ACCNT NAME CLASS AMOUNT DOCNUM MEMO CLEAR QNTY PRICE INVITEM TAXABLE EXTRA VALADJ".split()
HEADING = "\r\n".join("\t".join(row) for row in (["!TRNS", *TRNS], ["!SPL", *SPL], ["!ENDTRNS"])) + "\r\n"


class Held(Exception):
    pass


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def rows(source):
    """The rows of the invoices, whatever they stand in."""
    if (source / "invoices.csv").exists():
        yield from read(source / "invoices.csv")
    elif (source / "invoices.ndjson").exists():
        with open(source / "invoices.ndjson", encoding="utf-8") as file:
            for text in file:
                invoice = json.loads(text)
                lines = invoice.pop("lines")
                for line in lines:
                    yield {"po_number": "", "invoice_note": "", "description": "", **invoice, **line}
    else:
        import openpyxl
        sheet = openpyxl.load_workbook(source / "invoices.xlsx", read_only=True).active
        cells = sheet.iter_rows(values_only=True)
        header = next(cells)
        for row in cells:
            yield {name: "" if value is None else str(value) for name, value in zip(header, row)}


def text(value, limit=4095):
    """Text that IIF can hold: ASCII, one line, no quotation mark, semicolon or backslash."""
    if '"' in value:
        out, inside = [], False
        for character in value:
            if character != '"':
                out.append(character)
            elif out and out[-1].isdigit() and not inside:
                out.append("''")
            else:
                inside = not inside
                out.append("'")
        value = "".join(out)
    if not value.isascii():
        value = unicodedata.normalize("NFKD", value.replace("°", "deg")).encode("ascii", "ignore").decode("ascii")
    return " ".join(value.replace(";", ",").replace("\\", "/").split())[:limit].rstrip()


def field(value, limit=4095):
    value = text(value, limit)
    return f'"{value}"' if "," in value else value


def us_date(day):
    return day.strftime("%m/%d/%Y")


class Company:
    """What the documents refer to, and which of it they used."""

    def __init__(self, source, mapping):
        self.items, self.classes = {}, {}
        for row in read(mapping):
            if row["kind"] == "item":
                self.items[row["loadops"]] = (text(row["quickbooks"]), text(row["account"]))
            elif row["kind"] == "class":
                self.classes[row["loadops"]] = text(row["quickbooks"])
        self.descriptions = {row["pay_item"]: row["description"] for row in read(source / "income_categories.csv")}
        self.customers = {row["customer_name"].strip(): row for row in read(source / "customers.csv")}
        self.used_items, self.used_customers, self.used_terms, self.used_classes = set(), set(), set(), set()
        self.heads = {}

    def head(self, name):
        """The customer's name, and the five lines of its address."""
        if name not in self.heads:
            address = [text(line, 41) for line in [name, *self.customers[name]["address"].split("\n")]]
            address = [line for line in address if line]
            self.heads[name] = (field(name), [field(line) for line in (address + [""] * 5)[:5]])
        return self.heads[name]

    def lists(self):
        """The file of lists: every list in the order of its names, parents first."""
        items = sorted((self.items[name][0], self.items[name][1], self.descriptions.get(name, "")) for name in self.used_items)
        accounts = sorted({path for _, account, _ in items for path in (account, account.split(":")[0])})
        yield ["!ACCNT", "NAME", "ACCNTTYPE", "HIDDEN"]
        yield ["ACCNT", "Accounts Receivable", "AR", "N"]
        yield from (["ACCNT", field(account), "INC", "N"] for account in accounts)
        plain, described, seen = [], [], {item[0] for item in items}
        for name, account, description in items:
            if ":" in name and (parent := name.split(":")[0]) not in seen:
                seen.add(parent)
                plain.append(["INVITEM", field(parent), "SERV", field(account), "N", "N"])
            if description:
                described.append(["INVITEM", field(name), "SERV", field(description), field(account), "N", "N"])
            else:
                plain.append(["INVITEM", field(name), "SERV", field(account), "N", "N"])
        heading = {True: ["!INVITEM", "NAME", "INVITEMTYPE", "ACCNT", "TAXABLE", "HIDDEN"],
                   False: ["!INVITEM", "NAME", "INVITEMTYPE", "DESC", "ACCNT", "TAXABLE", "HIDDEN"]}
        for group, is_plain in ((plain, True), (described, False)):
            if group:
                yield heading[is_plain]
                yield from group
        yield ["!CLASS", "NAME", "HIDDEN"]
        yield from (["CLASS", field(name), "N"] for name in sorted(self.used_classes))
        yield ["!TERMS", "NAME", "DISCPER", "STDDUEDAYS", "STDDISCDAYS", "TERMSTYPE", "HIDDEN"]
        for name in sorted(self.used_terms):
            due, discount, percent = TERMS[name]
            yield ["TERMS", field(name), percent, str(due), str(discount), "0", "N"]
        yield ["!CUST", "NAME", "BADDR1", "BADDR2", "BADDR3", "BADDR4", "BADDR5", "EMAIL", "NOTE", "TERMS", "COMPANYNAME", "HIDDEN"]
        for name in sorted(self.used_customers, key=text):
            row, (written, address) = self.customers[name], self.head(name)
            yield ["CUST", written, *address, field(row["email"]), field(row["customer_id"]), field(row["invoice_terms"]), field(name, 41), "N"]


def checked(rows, company):
    """An invoice: its first row, day, due day, class and total, and a list of its lines."""
    first = rows[0]
    for row in rows[1:]:
        for column in ("customer_name", "invoice_date", "invoice_total", "terms", "terminal"):
            if row[column] != first[column]:
                raise Held(f"two different values of {column}")
    number, name = first["invoice_number"], first["customer_name"].strip()
    if len(number) > 11 or len(name) > 41 or ":" in name or name not in company.customers:
        raise Held("number or customer")
    day = date.fromisoformat(first["invoice_date"])
    due = day + timedelta(days=TERMS[first["terms"]][0])
    total, lines = Decimal(0), []
    for row in rows:
        if row["category"] not in company.items:
            raise Held("category not mapped")
        amount, quantity, rate = Decimal(row["amount"]), Decimal(row["quantity"] or 1), Decimal(row["rate"] or row["amount"])
        if (quantity * rate).quantize(CENT, ROUND_HALF_UP) != amount:
            quantity, rate = Decimal(1), amount
        total += amount
        lines.append((*company.items[row["category"]], row["description"] or row["category"], quantity, rate, amount))
    if total != Decimal(first["invoice_total"]) or total <= 0:
        raise Held("lines do not add up")
    company.used_items.update(row["category"] for row in rows)
    company.used_customers.add(name)
    company.used_terms.update((first["terms"], company.customers[name]["invoice_terms"]))
    group = company.classes.get(first["terminal"], "")
    if group:
        company.used_classes.add(group)
    return first, name, day, due, group, total, lines


def memo(first):
    reference = f", Ref {first['reference_number']}" if first["po_number"] else ""
    note = f" - {first['invoice_note']}" if first["invoice_note"] else ""
    return f"Load {first['invoice_number']}{reference}, {first['origin']} to {first['destination']}{note}"


def iif_document(invoice, company):
    first, name, day, due, group, total, lines = invoice
    written, address = company.head(name)
    day, group = us_date(day), field(group)
    head = ["TRNS", "", "INVOICE", day, "Accounts Receivable", written, group, str(total), first["invoice_number"], field(memo(first)), "N", "N", "N",
            *address, us_date(due), field(first["terms"]), "N", "", field(first["po_number"] or first["reference_number"], 25), "N"]
    body = [["SPL", "", "INVOICE", day, field(account), "", group, str(-amount), "", field(description), "N", str(-quantity), str(rate), field(item), "N", "", "N"]
            for item, account, description, quantity, rate, amount in lines]
    return "\r\n".join("\t".join(row) for row in (head, *body, ["ENDTRNS"])) + "\r\n"


def qbxml_document(invoice, requests):
    first, name, day, due, group, total, lines = invoice
    add = ElementTree.SubElement

    def leaf(parent, tag, value):
        add(parent, tag).text = value

    def reference(parent, tag, value):
        leaf(add(parent, tag), "FullName", value)

    document = add(add(requests, "InvoiceAddRq", requestID=f"inv-{first['invoice_number']}"), "InvoiceAdd")
    reference(document, "CustomerRef", name)
    reference(document, "ClassRef", group)
    reference(document, "ARAccountRef", "Accounts Receivable")
    leaf(document, "TxnDate", day.isoformat())
    leaf(document, "RefNumber", first["invoice_number"])
    leaf(document, "PONumber", first["po_number"] or first["reference_number"])
    reference(document, "TermsRef", first["terms"])
    leaf(document, "DueDate", due.isoformat())
    leaf(document, "Memo", " ".join(memo(first).split()))
    leaf(document, "IsToBePrinted", "false")
    leaf(document, "IsToBeEmailed", "false")
    for item, _, description, quantity, rate, amount in lines:
        line = add(document, "InvoiceLineAdd")
        reference(line, "ItemRef", item)
        leaf(line, "Desc", description)
        leaf(line, "Quantity", str(quantity))
        leaf(line, "Rate", str(rate))
        reference(line, "ClassRef", group)
        leaf(line, "Amount", str(amount))


def write_iif(invoices, out, digits, company):
    file, count = None, 0
    for invoice in invoices:
        if count % DOCUMENTS_PER_FILE == 0:
            if file:
                file.close()
            file = open(out / f"{count // DOCUMENTS_PER_FILE + 2:0{digits}d}-documents.iif", "w", encoding="ascii", newline="")
            file.write(HEADING)
        file.write(iif_document(invoice, company))
        count += 1
    if file:
        file.close()
    with open(out / f"{1:0{digits}d}-lists.iif", "w", encoding="ascii", newline="") as file:
        file.writelines("\t".join(row) + "\r\n" for row in company.lists())
    again = Decimal(0)
    for path in sorted(out.glob("*-documents.iif")):
        with open(path, encoding="ascii", newline="") as written:
            again += sum(Decimal(row[7]) for row in csv.reader(written, delimiter="\t") if row[0] == "TRNS")
    return again


def write_qbxml(invoices, out, digits, company):
    requests, count, number = None, 0, 1

    def close():
        tree = ElementTree.Element("QBXML")
        tree.append(requests)
        with open(out / f"{number:0{digits}d}-documents.xml", "wb") as file:
            file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>\n')
            ElementTree.ElementTree(tree).write(file, encoding="utf-8")

    for invoice in invoices:
        if count % DOCUMENTS_PER_FILE == 0:
            if requests is not None:
                close()
            number += 1
            requests = ElementTree.Element("QBXMLMsgsRq", onError="continueOnError")
        qbxml_document(invoice, requests)
        count += 1
    if requests is not None:
        close()
    again = Decimal(0)
    for path in sorted(out.glob("*-documents.xml")):
        for _, element in ElementTree.iterparse(path):
            if element.tag == "InvoiceAdd":
                again += sum(Decimal(amount.text) for amount in element.iter("Amount"))
                element.clear()
    return again


def main():
    source, mapping, out = map(Path, sys.argv[1:4])
    target = sys.argv[5] if len(sys.argv) > 5 else "iif"
    out.mkdir(parents=True, exist_ok=True)
    company = Company(source, mapping)
    grouped = {}
    for row in rows(source):
        grouped.setdefault(row["invoice_number"], []).append(row)

    delivered, held, total = 0, 0, Decimal(0)

    def invoices():
        nonlocal delivered, held, total
        for number, rows in grouped.items():
            try:
                invoice = checked(rows, company)
            except (Held, ValueError, ArithmeticError, KeyError) as error:
                held += 1
                print(f"{number} held: {error}", file=sys.stderr)
                continue
            delivered += 1
            total += invoice[5]
            yield invoice

    digits = max(3, len(str(1 + (len(grouped) + DOCUMENTS_PER_FILE - 1) // DOCUMENTS_PER_FILE)))
    again = (write_iif if target == "iif" else write_qbxml)(invoices(), out, digits, company)
    if again != total:
        sys.exit(f"written {again}, planned {total}")
    print(f"{delivered} delivered, {held} held, {total}")


if __name__ == "__main__":
    main()
