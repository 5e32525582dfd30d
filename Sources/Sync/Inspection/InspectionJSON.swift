internal import LoadOps
internal import Vocabulary

/// An inspection for programs.
public enum InspectionJSON {
  /// All files of one command.
  public static func value(_ files: [FileInspection]) -> JSONText {
    ["format": "loadbooks-inspection", "version": 1, "files": .array(files.map(file))]
  }

  private static func file(_ file: FileInspection) -> JSONText {
    [
      "path": .string(file.name),
      "bytes": .integer(Int(file.size)),
      "sha256": .string(orNull: file.fingerprint?.hex),
      "format": .string(file.format),
      "kinds": .array(
        RecordKind.allCases.filter(file.kinds.contains).map { .string($0.rawValue) }),
      "sheets": .array(file.sheets.map(sheet)),
      "encoding": .string(orNull: file.encoding.isEmpty ? nil : file.encoding),
      "dialect": .array(file.dialect.map(JSONText.string)),
      "layout": .string(orNull: file.layout),
      "header_line": .integer(orNull: file.header?.line),
      "columns": .array(file.columns.map(column)),
      "dates": .array(file.dates.map { dates($0.field, $0.column) }),
      "numbers": [
        "read_as": .string(file.numbers.convention.rawValue),
        "fitting": .integer(file.numbers.fitting),
        "contrary": .integer(file.numbers.contrary),
        "contrary_example": .string(
          orNull: file.numbers.contrary > 0 ? file.numbers.contraryExample : nil),
      ],
      "records": .object(
        RecordKind.allCases.map { .init($0.rawValue, .integer(file.records[$0] ?? 0)) }),
      "totals": JSONReport.tally(file.totals),
      "by_income_category": .array(
        file.categories.map { category in
          [
            "category": .string(category.name), "lines": .integer(category.tally.lines),
            "amount": .amount(category.tally.amount),
          ]
        }),
      "first_invoice": .string(orNull: file.ends?.first),
      "last_invoice": .string(orNull: file.ends?.last),
      "first_date": .string(orNull: file.dateRange?.lowerBound.description),
      "last_date": .string(orNull: file.dateRange?.upperBound.description),
      "totals_rows": .integer(file.totalsRows),
      "finding_counts": .array(
        file.findingCounts.map { count in
          [
            "id": .string(count.kind.id), "severity": .string(count.severity.rawValue),
            "count": .integer(count.count),
          ]
        }),
      "findings": .array(file.findings.map(JSONReport.finding)),
    ]
  }

  private static func sheet(_ sheet: SheetNote) -> JSONText {
    let (isRead, kind): (Bool, RecordKind?) =
      switch sheet.role {
      case .read: (true, nil)
      case .passedOver(let kind): (false, kind)
      case .other: (false, nil)
      }
    return [
      "name": .string(sheet.name), "hidden": .bool(sheet.isHidden), "read": .bool(isRead),
      "looks_like": .string(orNull: kind?.rawValue),
    ]
  }

  private static func column(_ column: FileInspection.Column) -> JSONText {
    let (role, field): (String, String?) =
      switch column.role {
      case .field(let field): ("read", field.name)
      case .amounts(let category): ("amounts", category)
      case .notCarried: ("not_carried", nil)
      case .unknown(let nearest): ("unknown", nearest?.name)
      }
    return [
      "position": .string(orNull: column.position), "header": .string(column.header),
      "role": .string(role), "field": .string(orNull: field),
      "filled": .integer(column.filled), "example": .string(column.example),
    ]
  }

  private static func dates(_ field: Field, _ column: DateColumn) -> JSONText {
    [
      "field": .string(field.name),
      "order": .string(orNull: column.order?.rawValue),
      "mixed": .bool(column.reason == .mixed),
      "decided_by": .string(reason(column.reason)),
      "forms": .array(
        column.examples.map { example in
          [
            "form": .string(example.form.rawValue), "count": .integer(example.count),
            "example": .string(example.text), "line": .integer(example.line),
          ]
        }),
    ]
  }

  private static func reason(_ reason: DateColumn.Reason) -> String {
    switch reason {
    case .plain: "plain"
    case .ownDates: "own_dates"
    case .otherColumn: "other_column"
    case .settings: "settings"
    case .mixed: "mixed"
    }
  }
}
