#!/usr/bin/env python3
"""Writes a company folder with as many invoice lines as asked for, always the same ones.

    generate.py FOLDER [--lines N] [--customers N] [--seed N] [--json] [--ndjson] [--xlsx]

FOLDER gets loadbooks.yaml, mapping.csv and in/{customers,income_categories,invoices}.csv; with --json
also in-json/, with --ndjson also in-ndjson/, with --xlsx also in-xlsx/, which hold the same records. Every invoice can be
delivered. About 2.5 lines per invoice, 18 columns, 3 % of the rows away from the others of their invoice.
"""

import argparse
import csv
import html
import io
import json
import random
import zipfile
from collections import deque
from datetime import date, timedelta
from pathlib import Path

COLUMNS = ("invoice_number,status,customer_name,invoice_date,terms,reference_number,po_number,terminal,origin,destination,"
           "invoice_total,invoice_note,line_no,category,description,quantity,rate,amount")
SHARE_APART = 0.03
LINES_PER_INVOICE = ((1, 2, 3, 4, 5, 6), (25, 33, 22, 12, 5, 3))

HEADS = ["Acme", "Alamo", "Brazos", "Café Río", "Cedar & Sons", "Delta", "Eagle Pass", "Fräulein", "Gulf", "Hill Country", "Iron Horse", "J.R. \"Buddy\" Tate",
         "Kilgore", "Llano", "Müller", "Nueces", "O'Brien", "Piney Woods", "Québec Érable", "Red River", "Sabine", "Trinity", "Uvalde", "Val Verde", "Waco", "Yoakum"]
TAILS = ["Foods, Inc.", "Freight Brokers", "Steel", "Paper Co.", "\"Big D\" Lumber", "Logistics, LLC", "Glass Works", "Cold Storage & Ice", "Auto Components", "Feed Mill #2"]
TERMS = ["Net 30", "Net 15", "Due on Receipt", "2% 10 Net 30"]
CITIES = ["Dallas, TX", "Laredo, TX", "Houston, TX", "Memphis, TN", "Tulsa, OK", "El Paso, TX", "Atlanta, GA", "Waco, TX", "San Antonio, TX", "Lubbock, TX"]
NOTES = ["", "", "", "", "Seal intact, BOL signed", "Driver waited at gate; see \"in\" and \"out\" times", "Deliver by appointment only,\ncall receiving 2 hours ahead",
         "Temp 34 °F, reefer set to \"continuous\",\nlumper receipt attached"]
# category, item, account, description, quantities in ten-thousandths, rates in ten-thousandths
CATEGORIES = [
    ("Line Haul", "Line Haul", "Line Haul", "Linehaul, all stops", None, (21000, 23500, 24850, 26125, 30500)),
    ("Fuel Surcharge", "Fuel Surcharge", "Fuel Surcharge", "FSC", None, (3850, 4200, 4375, 5100)),
    ("Detention", "Accessorials:Detention", "Accessorials", "Detention, 2 hours free", (15000, 22500, 25000), (500000, 655000)),
    ("Layover", "Accessorials:Layover", "Accessorials", "One night", (10000,), (2500000,)),
    ("Lumper", "Accessorials:Lumper", "Accessorials", "Lumper \"receipt\"", (10000,), (1823700, 950000)),
    ("TONU", "Accessorials:TONU", "Accessorials", "", (10000,), (2500000,)),
    ("Stop-Off", "Accessorials:Stop-Off", "Accessorials", "Extra drop", (10000, 20000), (750000,)),
    ("Driver Assist", "Accessorials:Driver Assist", "Accessorials", "Unload, 26 pallets", (10000,), (1500000,)),
    ("Tarp", "Accessorials:Tarp", "Accessorials", "8' tarps", (20000,), (625000,)),
    ("Tolls", "Accessorials:Tolls", "Accessorials", "SH 130, I-35", (10000,), (127500, 486000)),
    ("Scale Ticket", "Accessorials:Scale Ticket", "Accessorials", "", (10000, 20000), (142500,)),
    ("Hazmat", "Accessorials:Hazmat", "Accessorials", "UN1993, placarded", (10000,), (2250000,)),
    ("Storage", "Accessorials:Storage", "Accessorials", "Drop trailer", (30000,), (450000,)),
    ("Reconsignment", "Accessorials:Reconsignment", "Accessorials", "New consignee", (10000,), (1850000,)),
    ("Late Delivery Allowance", "Allowances:Late Delivery", "Allowances", "Agreed, 45 min. late", (10000,), (-500000, -755000)),
]


def cell(text):
    """A CSV cell, quoted only when it must be."""
    if any(c in text for c in ',"\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def decimal(value, places):
    """Ten-thousandths as text with at least `places` decimals."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, part = divmod(value, 10000)
    digits = f"{part:04d}".rstrip("0").ljust(places, "0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def money(cents):
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def customer_names(count):
    """Different names of at most 41 characters, without colon."""
    names = []
    for number in range(count):
        head, tail = HEADS[number % len(HEADS)], TAILS[number // len(HEADS) % len(TAILS)]
        turn = number // (len(HEADS) * len(TAILS))
        name = f"{head} {tail}" + (f" {turn + 1}" if turn else "")
        assert len(name) <= 41, name
        names.append(name)
    return names


def line_choices(rng):
    """Ready-made lines per category: (cells, JSON text, cents)."""
    out = []
    for category, _, _, description, quantities, rates in CATEGORIES:
        lines = []
        for quantity in quantities or [rng.randrange(600000, 15000000, 500) for _ in range(400)]:
            for rate in rates:
                product = quantity * rate
                cents = (abs(product) + 500000) // 1000000 * (1 if product > 0 else -1)
                q, r, a = decimal(quantity, 0), decimal(rate, 2), money(cents)
                fields = {"category": category, **({"description": description} if description else {}), "quantity": q, "rate": r, "amount": a}
                lines.append((f"{cell(category)},{cell(description)},{q},{r},{a}\n", json.dumps(fields, ensure_ascii=False)[1:], cents))
        out.append(lines)
    return out


def invoices(lines, names, seed):
    """Yields (number, invoice cells before the total, total in cents, note cell, JSON start, lines)."""
    rng = random.Random(seed)
    choices = line_choices(rng)
    customers = [(cell(name), json.dumps(name, ensure_ascii=False), TERMS[i % len(TERMS)]) for i, name in enumerate(names)]
    days = [(date(2026, 1, 1) + timedelta(days=i)).isoformat() for i in range(304)]
    notes = [(cell(note), f', "invoice_note": {json.dumps(note, ensure_ascii=False)}' if note else "") for note in NOTES]
    cities = [(cell(city), city) for city in CITIES]
    counts = rng.choices(LINES_PER_INVOICE[0], weights=LINES_PER_INVOICE[1], k=4096)
    pick, made, number = rng.random, 0, 0
    while made < lines:
        number += 1
        count = min(counts[int(pick() * 4096)], lines - made)
        haul, fuel = choices[0], choices[1]
        chosen = [haul[int(pick() * len(haul))]]
        if count > 1:
            chosen.append(fuel[int(pick() * len(fuel))])
        for _ in range(count - 2):
            more = choices[2 + int(pick() * (len(choices) - 2))]
            chosen.append(more[int(pick() * len(more))])
        total = sum(line[2] for line in chosen)
        if total <= 0:
            chosen[0] = max(haul, key=lambda line: line[2])
            total = sum(line[2] for line in chosen)
        made += count
        customer, customer_json, terms = customers[int(pick() * len(customers))]
        day = days[min(303, number * 304 * 5 // (2 * lines + 5))]
        status = ("Invoiced", "Completed", "Paid")[int(pick() * 3)]
        reference = f"AB{int(pick() * 100000):05d}" if pick() < 0.8 else f"00{int(pick() * 100000):05d}"
        order = f"45{int(pick() * 100000000):08d}" if pick() < 0.4 else ""
        origin, destination = cities[int(pick() * 10)], cities[int(pick() * 10)]
        terminal = "Dallas" if pick() < 0.6 else "Laredo"
        note, note_json = notes[int(pick() * len(notes))]
        name = f"LD{number:07d}"
        start = f"{name},{status},{customer},{day},{terms},{reference},{order},{terminal},{origin[0]},{destination[0]},{money(total)},{note},"
        order_json = f', "po_number": "{order}"' if order else ""
        start_json = (f'{{"invoice_number": "{name}", "status": "{status}", "customer_name": {customer_json}, "invoice_date": "{day}", "terms": "{terms}", '
                      f'"reference_number": "{reference}"{order_json}, "terminal": "{terminal}", "origin": "{origin[1]}", "destination": "{destination[1]}", '
                      f'"invoice_total": "{money(total)}"{note_json}, "lines": [')
        yield start, start_json, chosen, total


def write_small_files(folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "customers.csv", "w", encoding="utf-8", newline="") as file:
        file.write("customer_name,customer_id,address,email,invoice_terms\n")
        for i, name in enumerate(names):
            address = f"{100 + i} Main St\nDallas, TX 752{i % 100:02d}"
            file.write(f"{cell(name)},{i + 1:06d},{cell(address)},ap{i}@customer.example,{TERMS[i % len(TERMS)]}\n")
    with open(folder / "income_categories.csv", "w", encoding="utf-8", newline="") as file:
        file.write("pay_item,description,kind\n")
        file.writelines(f"{cell(c[0])},{cell(c[3])},default\n" for c in CATEGORIES)


class Both:
    """Writes the same to two places."""

    def __init__(self, first, second):
        self.first, self.second = first, second

    def write(self, text):
        self.first.write(text)
        self.second.write(text)


class Sheet:
    """A workbook with one sheet, row by row: texts in the cells, numbers as numbers, as a spreadsheet saves a list."""

    PARTS = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
                               'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
                               'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
                               '<Override PartName="/xl/worksheets/sheet1.xml" '
                               'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
                       'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                           'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
                           '<sheet name="Invoices" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
                                      'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
                                      'Target="worksheets/sheet1.xml"/></Relationships>',
    }

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        for name, part in self.PARTS.items():
            self.archive.writestr(zipfile.ZipInfo(name), '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + part)
        self.sheet = self.archive.open(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self.sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
        self.count = 0

    def write(self, text):
        for cells in csv.reader(io.StringIO(text, newline="")):
            self.count += 1
            row = "".join(f'<c r="{chr(65 + i)}{self.count}" t="inlineStr"><is><t xml:space="preserve">{html.escape(cell, quote=False)}</t></is></c>'
                          for i, cell in enumerate(cells) if cell)
            self.sheet.write(f'<row r="{self.count}">{row}</row>'.encode())

    def close(self):
        self.sheet.write(b"</sheetData></worksheet>")
        self.sheet.close()
        self.archive.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="also in-json/invoices.json, one array")
    parser.add_argument("--ndjson", action="store_true", help="also in-ndjson/invoices.ndjson, one invoice per line")
    parser.add_argument("--xlsx", action="store_true", help="also in-xlsx/invoices.xlsx, a workbook with one sheet")
    arguments = parser.parse_args()

    folder, names = arguments.folder, customer_names(arguments.customers)
    write_small_files(folder / "in", names)
    with open(folder / "loadbooks.yaml", "w", encoding="utf-8") as file:
        file.write("company: Benchmark Carriers LLC\n")
    with open(folder / "mapping.csv", "w", encoding="utf-8", newline="") as file:
        file.write("kind,loadops,quickbooks,account,note\n")
        file.writelines(f"item,{c[0]},{c[1]},Freight Income:{c[2]},\n" for c in CATEGORIES)
        file.writelines(f"class,{terminal},{terminal},,\n" for terminal in ("Dallas", "Laredo"))
    nested = []
    if arguments.json:
        nested.append(("in-json", "invoices.json", "[\n", ",\n", "\n]\n"))
    if arguments.ndjson:
        nested.append(("in-ndjson", "invoices.ndjson", "", "\n", "\n"))
    files = []
    for place, name, opening, between, closing in nested:
        write_small_files(folder / place, names)
        file = open(folder / place / name, "w", encoding="utf-8", buffering=1 << 20)
        file.write(opening)
        files.append((file, between, closing))

    sheet = None
    if arguments.xlsx:
        write_small_files(folder / "in-xlsx", names)
        sheet = Sheet(folder / "in-xlsx" / "invoices.xlsx")

    rng = random.Random(arguments.seed + 1)
    waiting = deque()  # (number of the invoice after which it is written, row)
    count = total = apart = written = 0
    mean = sum(n * w for n, w in zip(*LINES_PER_INVOICE)) / sum(LINES_PER_INVOICE[1])
    several = 1 - LINES_PER_INVOICE[1][0] / sum(LINES_PER_INVOICE[1])
    chance = SHARE_APART * mean / several
    with open(folder / "in" / "invoices.csv", "w", encoding="utf-8", newline="", buffering=1 << 20) as out:
        if sheet:
            out = Both(out, sheet)
        out.write(COLUMNS + "\n")
        for start, start_json, chosen, cents in invoices(arguments.lines, names, arguments.seed):
            count += 1
            total += cents
            rows = [f"{start}{i},{line[0]}" for i, line in enumerate(chosen, 1)]
            written += len(rows)
            if len(rows) > 1 and rng.random() < chance:
                waiting.append((count + 40, rows.pop()))
                apart += 1
            out.write("".join(rows))
            while waiting and waiting[0][0] <= count:
                out.write(waiting.popleft()[1])
            for file, between, _ in files:
                body = ", ".join(f'{{"line_no": {i}, {line[1]}' for i, line in enumerate(chosen, 1))
                file.write(f"{between if count > 1 else ''}{start_json}{body}]}}")
        for _, row in waiting:
            out.write(row)
    if sheet:
        sheet.close()
    for file, _, closing in files:
        file.write(closing)
        file.close()
    print(f"{count} invoices, {written} lines, {money(total)} in all, {apart} rows away from their invoice ({100 * apart / written:.1f} %)")


if __name__ == "__main__":
    main()
