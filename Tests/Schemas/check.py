#!/usr/bin/env python3
"""Checks that the schemas are sound, that the samples obey them, and that they can say no.

    pip install -r Tests/Schemas/requirements.txt
    python3 Tests/Schemas/check.py [--report FILE] [--settings FILE] [--mapping FILE] [--suppression FILE]
        [--reconciliation FILE]

Each option may be repeated and names a file that the program wrote. One line per check; the last
line counts them; exit code 1 when one failed.
"""

import argparse
import copy
import csv
import io
import json
import re
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import yaml
from frictionless import Detector, Resource, Schema, system
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing import Resource as SchemaResource

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "Schemas"
SAMPLES = ROOT / "Samples"

# The samples hold one invoice, LD05563, with a date that no calendar has. These cells, and no
# others, must fail. A row is a CSV record (the header is row 1) or a path in a JSON document.
EXPECTED_FAILURES = {
    "first-run/in/invoices.csv": {(row, "invoice_date") for row in range(168, 172)},
    "formats/json/in/export.json": {("invoices/62", "invoice_date")},
    "formats/json-array/in/invoices.json": {("62", "invoice_date")},
    "formats/ndjson/in/export.ndjson": {(121, "invoice_date")},
}

TABLE_SAMPLES = {
    "first-run/in/customers.csv": "loadops/customers.schema.json",
    "first-run/in/income_categories.csv": "loadops/income_categories.schema.json",
    "first-run/in/invoices.csv": "loadops/invoices.schema.json",
    "first-run/mapping.csv": "mapping.schema.json",
    "first-run/suppress.csv": "suppression.schema.json",
}
JSON_SAMPLES = {
    "formats/json/in/export.json": "",
    "formats/json-array/in/customers.json": "#/$defs/customers",
    "formats/json-array/in/income_categories.json": "#/$defs/income_categories",
    "formats/json-array/in/invoices.json": "#/$defs/invoices",
}
NDJSON_SAMPLE = "formats/ndjson/in/export.ndjson"
EXPORT, SETTINGS, REPORT, RECONCILIATION = (
    f"urn:loadbooks:schema:{n}" for n in ("loadops-export", "settings", "sync-report", "reconciliation"))

FULL_SETTINGS = """
company: Bluebonnet Carriers LLC
target: iif
currency: USD
time_zone: America/Chicago
quickbooks:
  edition: us
  accounts_receivable: Accounts Receivable
  default_income_account: Freight Income
policies:
  unmatched_customers: create
  unmatched_items: { iif: hold, qbxml: create }
  unmatched_terms: hold
  sendable_statuses: [Completed, Invoiced, Paid]
  zero_total: skip
  negative_total: credit-memo
  long_numbers: hold
  rate_mismatch: drop-quantity
  closed_through: 2025-12-31
  future_days: 31
formats:
  dates: mdy
  numbers: us
  iif:   { encoding: ascii, dates: mm/dd/yyyy, documents_per_file: 500 }
  qbxml: { version: "13.0", requests_per_file: 500, on_error: continueOnError, sales_tax_code: Non, new_items: service }
watch:
  quiet_time: 10s
  longest_wait: 10m
  look_every: 500ms
  notice: auto
  ignored_names: ["~$*", "*.part"]
  hook: [/usr/local/bin/tell-the-office, billing]
  hook_limit: 1m
"""


def totals(invoices, lines, amount):
    return {"invoices": invoices, "lines": lines, "amount": amount}


def states(*four):
    keys = ("delivered", "already_synced", "suppressed", "held")
    return dict(zip(keys, four))


NOTHING = totals(0, 0, "0.00")
A_REPORT = {
    "format": "loadbooks-sync-report", "version": 1,
    "run": {"id": "20261123-081500-7f3a", "command": "convert", "target": "iif", "company": "Bluebonnet Carriers LLC",
            "started": "2026-11-23T08:15:00-06:00", "finished": None, "plan": "9c1d22f0"},
    "inputs": [{"path": "in/invoices.csv", "kind": "invoices", "sha256": "0f" * 32, "records": 3}],
    "totals": {"read": totals(2, 3, "1824.99"), **states(totals(1, 2, "1975.00"), NOTHING, NOTHING, totals(1, 1, "-150.01")), "balanced": True},
    "not_selected": NOTHING,
    "customers": {"paired": 0, "created": 1, "held": 1, "from_mapping": 0},
    "items": {"mapped": 2, "unmapped": 0},
    "by_customer": [{"name": "Acme Brokerage, Inc.", "quickbooks_name": None, "read": totals(2, 3, "1824.99"),
                     **states(totals(1, 2, "1975.00"), NOTHING, NOTHING, totals(1, 1, "-150.01"))}],
    "by_income_category": [{"category": "Line Haul", "item": "Line Haul", "read": totals(2, 3, "1824.99"),
                            **states(totals(1, 2, "1975.00"), NOTHING, NOTHING, totals(1, 1, "-150.01"))}],
    "books": {"looked_at": True, "existing": 1, "declared": 4,
              "sources": [{"path": "books/customers.iif", "kind": "QuickBooks Desktop lists", "sha256": "b2" * 32, "product": None,
                           "day": "2026-11-20", "day_is_stated": True, "lists": {"customers": 1}}],
              "refused": [{"kind": "customer", "name": "Gulf: Houston", "causes": ["it has a colon, which makes it a job"],
                           "held": totals(1, 1, "-150.01")}]},
    "created": {"customers": [{"name": "Acme Brokerage, Inc.", "loadops_name": "Acme Brokerage, Inc.", "terms": "Net 30",
                               "address": ["100 Main St", "Dallas, TX 75201"]}],
                "items": [{"name": "Line Haul", "type": "service", "account": "Freight Income:Line Haul"}],
                "accounts": [{"name": "Freight Income:Line Haul", "type": "INC"}],
                "terms": [{"name": "Net 30"}], "classes": [{"name": "Dallas"}]},
    "outputs": [{"path": "invoices-001.iif", "sha256": "a1" * 32, "documents": 1, "amount": "1975.00"}],
    "finding_counts": [{"id": "lines-do-not-add-up", "severity": "error", "count": 1, "listed": 1}],
    "findings": [{"id": "lines-do-not-add-up", "severity": "error", "file": "in/invoices.csv", "line": 4, "column": 70, "record": 3,
                  "field": "invoice_total", "value": "-150.01", "excerpt": "LD05557,…", "message": "the lines add up to -150.00",
                  "remedy": "correct the total or the line in LoadOps", "invoice": "LD05557", "notes": []}],
}

passed = failed = 0


def check(name, problems):
    """Counts one check; `problems` is what is wrong, empty when all is well."""
    global passed, failed
    problems = list(problems)
    passed, failed = passed + (not problems), failed + bool(problems)
    print(("ok      " if not problems else "FAILED  ") + name)
    for problem in problems[:10]:
        print(f"          {problem}")
    if len(problems) > 10:
        print(f"          … and {len(problems) - 10} more")


# --- the validators -------------------------------------------------------------------------------

schemas = {p.relative_to(SCHEMAS).as_posix(): json.loads(p.read_text("utf-8")) for p in sorted(SCHEMAS.rglob("*.schema.json"))}
json_schemas = {n: s for n, s in schemas.items() if "json-schema.org" in s.get("$schema", "")}
table_schemas = {n: s for n, s in schemas.items() if "tableschema" in s.get("$schema", "")}
registry = Registry().with_resources((s["$id"], SchemaResource.from_contents(s)) for s in json_schemas.values())


def json_errors(document, reference):
    """Every violation as (path of the object, field, message)."""
    validator = Draft202012Validator({"$ref": reference}, registry=registry, format_checker=FormatChecker())
    out = []
    for error in validator.iter_errors(document):
        for leaf in leaves(error):
            path = [str(p) for p in leaf.absolute_path]
            out.append(("/".join(path[:-1]), path[-1] if path else "", leaf.message[:160]))
    return out


def leaves(error):
    """The violations inside a `oneOf`: those of the alternative that the document comes nearest to."""
    if error.validator != "oneOf" or not error.context:
        return [error]
    branches = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return [leaf for inner in min(branches.values(), key=len) for leaf in leaves(inner)]


def table_errors(path, schema_name):
    """Every violation as (row, field, message); a missing or unknown column has row 1."""
    descriptor = schemas[schema_name]
    text = Path(path).read_bytes().decode("utf-8")
    header = next(csv.reader(io.StringIO(text, newline="")), [])
    known = {f["name"] for f in descriptor["fields"]}
    out = [(1, label, "unknown column") for label in header if label not in known]
    with system.use_context(trusted=True):
        resource = Resource(path=str(path), schema=Schema.from_descriptor(descriptor), detector=Detector(schema_sync=True), encoding="utf-8")
        report = resource.validate(limit_errors=1_000_000)
    for row, field, kind, note in report.flatten(["rowNumber", "fieldName", "type", "note"]):
        out.append((row or 1, field or "", f"{kind}: {note}"))
    return out


def ndjson_errors(text):
    out = []
    for number, line in enumerate(text.splitlines(), 1):
        out += [(number, field, f"{path} {message}") for path, field, message in json_errors(json.loads(line), f"{EXPORT}#/$defs/record")]
    return out


def unexpected(name, errors):
    """What differs from the failures that this sample is known to have."""
    expected = EXPECTED_FAILURES.get(name, set())
    seen = {(row, field) for row, field, _ in errors}
    for row, field, message in errors:
        if (row, field) not in expected:
            yield f"{row} {field}: {message}"
    for row, field in sorted(expected - seen, key=str):
        yield f"{row} {field}: should have failed and did not"


def load_settings(text):
    """YAML without YAML 1.1's dates: a day stays the text that was written."""

    class Plain(yaml.SafeLoader):
        pass

    Plain.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Plain)


def described(errors):
    return [f"{row} {field}: {message}" for row, field, message in errors]


# --- the schemas ----------------------------------------------------------------------------------


def check_schemas():
    check("every schema is a JSON Schema 2020-12 or a Table Schema", sorted(set(schemas) - set(json_schemas) - set(table_schemas)))
    for name, schema in json_schemas.items():
        try:
            Draft202012Validator.check_schema(schema)
            problems = list(dangling(schema, schema)) + list(undescribed(schema))
        except Exception as error:  # the library's own message is the finding
            problems = [str(error).splitlines()[0]]
        check(f"{name} is a valid JSON Schema", problems)
    for name, schema in table_schemas.items():
        problems = [note for (note,) in Schema.validate_descriptor(schema).flatten(["note"])]
        names = [f["name"] for f in schema["fields"]]
        problems += [f"{n} twice" for n in set(names) if names.count(n) > 1]
        problems += [f"{n} is not snake_case" for n in names if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", n)]
        problems += [f"{f['name']} has no description" for f in schema["fields"] if not f.get("description")]
        check(f"{name} is a valid Table Schema", problems)
    broken = copy.deepcopy(schemas["mapping.schema.json"])
    broken["fields"][0]["type"] = "sentence"
    check("a Table Schema with an unknown type is rejected", [] if not Schema.validate_descriptor(broken).valid else ["accepted"])


def dangling(node, root):
    """References that lead nowhere."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.removeprefix("#/$defs/") not in root.get("$defs", {}):
            yield f"{target} leads nowhere"
        for value in node.values():
            yield from dangling(value, root)
    elif isinstance(node, list):
        for value in node:
            yield from dangling(value, root)


def undescribed(schema):
    for key in ("title", "description", "$id"):
        if not schema.get(key):
            yield f"no {key}"


# --- the samples ----------------------------------------------------------------------------------


def check_samples():
    for name, schema in TABLE_SAMPLES.items():
        check(f"{name} obeys {schema}", unexpected(name, table_errors(SAMPLES / name, schema)))
        check(f"{name} is in the canonical dialect", dialect(SAMPLES / name))
    for name, reference in JSON_SAMPLES.items():
        check(f"{name} obeys loadops/export.schema.json{reference}", unexpected(name, json_errors(read_json(name), EXPORT + reference)))
    text = (SAMPLES / NDJSON_SAMPLE).read_text("utf-8")
    check(f"{NDJSON_SAMPLE} obeys loadops/export.schema.json#/$defs/record", unexpected(NDJSON_SAMPLE, ndjson_errors(text)))
    whole = read_json("formats/json/in/export.json")
    arrays = {k: read_json(f"formats/json-array/in/{k}.json") for k in ("customers", "income_categories", "invoices")}
    lines = [json.loads(line) for line in text.splitlines()]
    check("the three JSON formats carry the same records", [
        *[f"json-array/{k} differs" for k, v in arrays.items() if v != whole[k]],
        *(["ndjson differs"] if lines != whole["customers"] + whole["income_categories"] + whole["invoices"] else []),
    ])
    for kind, flatten in (("customers", flat_customer), ("income_categories", flat_category), ("invoices", flat_invoice)):
        records = {}
        for row in read_csv(SAMPLES / f"first-run/in/{kind}.csv"):
            add(records, {k: v for k, v in row.items() if v})
        flat = {}
        for record in whole[kind]:
            for row in flatten(record):
                add(flat, row)
        differing = [str(k)[:120] for k in sorted(set(records) | set(flat), key=str) if records.get(k) != flat.get(k)]
        check(f"CSV and JSON carry the same {kind.replace('_', ' ')}", differing)
    check("the mapping file names every declared category but the one left out on purpose", set(
        c["pay_item"] for c in whole["income_categories"]) ^ {r["loadops"] for r in read_csv(SAMPLES / "first-run/mapping.csv") if r["kind"] == "item"} ^ {"Chassis Split"})


def add(counter, row):
    key = tuple(sorted(row.items()))
    counter[key] = counter.get(key, 0) + 1


def read_json(name):
    return json.loads((SAMPLES / name).read_text("utf-8"))


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def flat_customer(record):
    row = {k: v for k, v in record.items() if k != "billing"}
    billing = record.get("billing", {})
    columns = {"line1": "bill_addr1", "line2": "bill_addr2", "line3": "bill_addr3", "city": "bill_city", "state": "bill_state", "zip": "bill_zip", "country": "bill_country"}
    row.update({columns[k]: v for k, v in billing.get("address", {}).items()})
    row.update({f"billing_{k}": v for k, v in billing.items() if k != "address"})
    return [row]


def flat_category(record):
    return [{k: str(v).lower() if isinstance(v, bool) else v for k, v in record.items()}]


def flat_invoice(record):
    return [{**{k: v for k, v in record.items() if k != "lines"}, **{k: str(v) for k, v in line.items()}} for line in record["lines"]]


def dialect(path):
    data = path.read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        yield "begins with a byte order mark"
    if b"\r" in data:
        yield "holds a carriage return"
    if not data.endswith(b"\n"):
        yield "does not end with a line feed"
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            yield f"row {number} has {len(row)} cells, the header has {len(rows[0])}"


# --- settings and report --------------------------------------------------------------------------


def check_settings(name, text):
    check(f"{name} obeys settings.schema.json", described(json_errors(load_settings(text), SETTINGS)))


def check_mapping(name, path):
    errors = table_errors(path, "mapping.schema.json")
    rows = read_csv(path)
    errors += [(n, "account", "only an item has an account") for n, r in enumerate(rows, 2) if r.get("account") and r.get("kind") != "item"]
    check(f"{name} obeys mapping.schema.json", described(errors))


def check_suppression(name, path):
    errors = table_errors(path, "suppression.schema.json")
    rows = read_csv(path)
    errors += [(n, "invoice_number", "neither an invoice nor a customer") for n, r in enumerate(rows, 2) if not r.get("invoice_number") and not r.get("customer_name")]
    check(f"{name} obeys suppression.schema.json", described(errors))


def check_report(name, report):
    errors = json_errors(report, REPORT)
    check(f"{name} obeys sync-report.schema.json", described(errors))
    if errors:
        return
    problems = [] if report["totals"]["balanced"] else ["it says itself that it does not balance"]
    for place, block in [("totals", report["totals"])] + [(b.get("name", b.get("category")), b) for b in report["by_customer"] + report["by_income_category"]]:
        for member in ("invoices", "lines", "amount"):
            parts = [Decimal(block[s][member]) for s in ("delivered", "already_synced", "suppressed", "held")]
            if sum(parts) != Decimal(block["read"][member]):
                problems.append(f"{place}: {member} read {block['read'][member]}, decided {sum(parts)}")
    check(f"{name} ties: read = delivered + already synced + suppressed + held", problems)


def check_reconciliation(name, answer):
    errors = json_errors(answer, RECONCILIATION)
    check(f"{name} obeys reconciliation.schema.json", described(errors))
    if errors:
        return
    problems = []
    for side in ("loadops", "quickbooks"):
        for member, make in (("documents", int), ("amount", Decimal)):
            parts = sum(make(c[side][member]) for c in answer["classes"])
            if parts != make(answer["total"][side][member]):
                problems.append(f"{side} {member}: {answer['total'][side][member]} in all, the classes have {parts}")
    for block in [answer["total"], *answer["classes"], *answer["months"], *answer["customers"]]:
        if Decimal(block["quickbooks"]["amount"]) - Decimal(block["loadops"]["amount"]) != Decimal(block["difference"]):
            problems.append(f"a difference is not the difference: {block}")
    wrong = sum(max(c["loadops"]["documents"], c["quickbooks"]["documents"]) for c in answer["classes"] if c["sign"] in "*-+")
    if wrong != answer["differences"]:
        problems.append(f"{answer['differences']} differences, the classes have {wrong}")
    check(f"{name} ties: its classes add up to both sides", problems)
    gaps = []
    for path in objects(answer):
        if not json_errors(changed(answer, path + ("surprise",), 1), RECONCILIATION):
            gaps.append("/".join(map(str, path)))
    check(f"rejected: {name} with a surplus member, anywhere", gaps)


# --- proof that the validation can fail -----------------------------------------------------------


def rejects(name, errors, known=()):
    new = [e for e in errors if e[:2] not in known]
    check(f"rejected: {name}", [] if new else ["accepted"])


def check_mutations():
    mutations = {
        "first-run/in/customers.csv": [("a required column renamed", b"customer_name,", b"client_nickname,"), ("an unknown state", b",active,", b",asleep,"),
                                       ("a credit limit that is no number", b"50000.00", b"50k"), ("an empty name", b'"Acme Brokerage, Inc.",', b",")],
        "first-run/in/income_categories.csv": [("an unknown kind", b",default,", b",builtin,"), ("a flag that is neither true nor false", b",true\n", b",maybe\n"),
                                               ("one category twice", b"\nLayover,", b"\nDetention,"), ("an empty category", b"\nLayover,", b"\n,")],
        "first-run/in/invoices.csv": [("a second impossible date", b"2026-09-01", b"2026-02-30"), ("an American date", b"2026-09-01", b"9/1/2026"),
                                      ("an amount with words", b"1975.00,1775.00", b"about 2000,1775.00"), ("a line number of zero", b",1,Line Haul,", b",0,Line Haul,"),
                                      ("a line without category", b",1,Line Haul,", b",1,,"), ("an invoice without number", b"\nLD05501,LD05501", b"\n,LD05501"),
                                      ("an unknown column", b"invoice_note", b"invoice_notes"), ("a cell too many", b",1360.59\n", b",1360.59,surplus\n")],
        "first-run/mapping.csv": [("an unknown kind", b"class,Dallas", b"klass,Dallas"), ("a row without QuickBooks name", b"class,Dallas,Dallas,", b"class,Dallas,,"), ("an unknown column", b",note\n", b",remark\n")],
        "first-run/suppress.csv": [("a date that is no date", b"2026-10-02", b"yesterday"), ("a row without reason", b"Billed by hand in QuickBooks on 2026-09-25 as invoice 3391", b""), ("a required column renamed", b"reason", b"why")],
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, changes in mutations.items():
            data = (SAMPLES / name).read_bytes()
            for what, old, new in changes:
                mutant = Path(folder) / Path(name).name
                mutant.write_bytes(data.replace(old, new, 1))
                label = f"{name} with {what}"
                if old not in data:
                    check(f"rejected: {label}", ["the sample no longer holds the text to change"])
                else:
                    rejects(label, table_errors(mutant, TABLE_SAMPLES[name]), EXPECTED_FAILURES.get(name, ()))

    def total_as_number(invoice):
        invoice["invoice_total"] = 1975.0

    def misspelt(record):
        record["inovice_note"] = "x"

    def one_decimal(invoice):
        invoice["lines"][0]["amount"] = "5.1"

    def no_line(invoice):
        invoice["lines"] = []

    def bad_date(invoice):
        invoice["invoice_date"] = "2026-02-30"

    def without(key):
        return lambda record: record.pop(key)

    invoice_changes = [("a total as number", total_as_number), ("a misspelt key", misspelt), ("an amount with one decimal", one_decimal), ("no lines", no_line),
                       ("a second impossible date", bad_date), ("no number", without("invoice_number")), ("no customer", without("customer_name"))]
    for name, reference in JSON_SAMPLES.items():
        document, known = read_json(name), EXPECTED_FAILURES.get(name, ())
        pick = (lambda d: d["invoices"][0]) if isinstance(document, dict) else (lambda d: d[0])
        kind = "invoices" if isinstance(document, dict) else Path(name).stem
        changes = invoice_changes if kind == "invoices" else [("a misspelt key", misspelt), ("no name", without({"customers": "customer_name", "income_categories": "pay_item"}[kind]))]
        for what, change in changes:
            mutant = copy.deepcopy(document)
            change(pick(mutant))
            rejects(f"{name} with {what}", json_errors(mutant, EXPORT + reference), known)
    whole = read_json("formats/json/in/export.json")
    for key, value in (("format", "xlsx"), ("version", 2), ("exported_at", "yesterday"), ("invoicez", [])):
        rejects(f"formats/json/in/export.json with {key} {value!r}", json_errors({**whole, key: value}, EXPORT), EXPECTED_FAILURES["formats/json/in/export.json"])
    lines = (SAMPLES / NDJSON_SAMPLE).read_text("utf-8").splitlines()
    for what, change in [("a misspelt key", misspelt), ("a name missing", lambda r: r.pop("customer_name", r.pop("pay_item", None)))]:
        for number in (0, len(whole["customers"]), len(lines) - 1):
            record = json.loads(lines[number])
            change(record)
            rejects(f"{NDJSON_SAMPLE} line {number + 1} with {what}", ndjson_errors(json.dumps(record)))

    settings = load_settings(FULL_SETTINGS)
    for path in objects(settings):
        rejects(f"settings with an unknown key in {'/'.join(path) or 'the document'}", json_errors(changed(settings, path + ("zero_totals",), "skip"), SETTINGS))
    for path, value in ((("company",), ""), (("target",), "xero"), (("currency",), "dollars"), (("policies", "zero_total"), "ignore"), (("policies", "future_days"), -1),
                        (("policies", "future_days"), "31"), (("policies", "closed_through"), "2025-13-31"), (("policies", "sendable_statuses"), "Paid"),
                        (("formats", "qbxml", "version"), 13.0), (("formats", "iif", "documents_per_file"), 0), (("quickbooks", "edition"), "uk"),
                        (("watch", "quiet_time"), 10), (("watch", "quiet_time"), "10 s"), (("watch", "notice"), "never"), (("watch", "hook"), "/bin/true")):
        rejects(f"settings with {'.'.join(path)} {value!r}", json_errors(changed(settings, path, value), SETTINGS))
    rejects("settings without company", json_errors({k: v for k, v in settings.items() if k != "company"}, SETTINGS))

    accepted_keys, accepted_gaps, tried = [], [], 0
    for path in objects(A_REPORT):
        if path[-1:] == ("lists",):  # counts by the name of a list: which ones a file has differs
            continue
        tried += 1
        if not json_errors(changed(A_REPORT, path + ("surprise",), 1), REPORT):
            accepted_keys.append("/".join(map(str, path)))
        for key in at(A_REPORT, path):
            tried += 1
            mutant = copy.deepcopy(A_REPORT)
            del at(mutant, path)[key]
            if not json_errors(mutant, REPORT):
                accepted_gaps.append("/".join(map(str, path + (key,))))
    check(f"rejected: a report with a surplus or a missing member, anywhere ({tried} copies)", accepted_keys + accepted_gaps)
    for path, value in ((("totals", "read", "amount"), "1824.9"), (("totals", "read", "amount"), 1824.99), (("totals", "read", "invoices"), -1), (("findings", 0, "severity"), "fatal"),
                        (("findings", 0, "line"), 0), (("findings", 0, "id"), "Lines Do Not"), (("inputs", 0, "kind"), "payments"), (("inputs", 0, "sha256"), "0f"),
                        (("run", "started"), "this morning"), (("run", "target"), "xero"), (("version",), 2), (("outputs", 0, "amount"), None)):
        rejects(f"a report with {'.'.join(map(str, path))} {value!r}", json_errors(changed(A_REPORT, path, value), REPORT))


def objects(node, path=()):
    """Paths of all objects in a document."""
    if isinstance(node, dict):
        yield path
        for key, value in node.items():
            yield from objects(value, path + (key,))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from objects(value, path + (index,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def changed(document, path, value):
    mutant = copy.deepcopy(document)
    at(mutant, path[:-1])[path[-1]] = value
    return mutant


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("report", "settings", "mapping", "suppression", "reconciliation"):
        parser.add_argument(f"--{option}", action="append", default=[], metavar="FILE", type=Path)
    arguments = parser.parse_args()

    check_schemas()
    check_samples()
    check_settings("the settings with every key", FULL_SETTINGS)
    check_settings("the shortest settings", "company: Bluebonnet Carriers LLC\n")
    check_mapping("first-run/mapping.csv row by row", SAMPLES / "first-run/mapping.csv")
    check_suppression("first-run/suppress.csv row by row", SAMPLES / "first-run/suppress.csv")
    check_report("the built-in report", A_REPORT)
    check_mutations()
    for option, act in (
        ("report", lambda p: check_report(str(p), json.loads(p.read_text("utf-8")))),
        ("settings", lambda p: check_settings(str(p), p.read_text("utf-8"))),
        ("mapping", lambda p: check_mapping(str(p), p)),
        ("suppression", lambda p: check_suppression(str(p), p)),
        ("reconciliation", lambda p: check_reconciliation(str(p), json.loads(p.read_text("utf-8")))),
    ):
        for path in getattr(arguments, option):
            try:
                act(path)
            except (OSError, ValueError, yaml.YAMLError) as error:
                check(f"{path} can be read", [f"{type(error).__name__}: {error}"])

    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
