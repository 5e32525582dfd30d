internal import Vocabulary

/// A bar chart of amounts: one row each, a bar in scalable graphics between label and figure.
///
/// Labels and figures are ordinary text beside the bars, so that they stay legible on a narrow screen
/// and are read aloud; the bars themselves are decoration. Amounts below zero go left from the axis.
struct HTMLChart {
  /// One row.
  struct Row {
    var label: String
    var amount: Money
    /// What the bar is made of, each with the outcome that gives it its colour.
    var parts: [(outcome: Outcome, amount: Money)]
  }

  /// The width of the drawing, in its own units; it is stretched to the space there is.
  private static let width: Int64 = 10_000

  var rows: [Row]

  func append(to html: inout HTMLText) {
    // The axis stands where the largest amount below zero ends.
    let left = rows.map { reach($0, below: true) }.max() ?? 0
    let right = rows.map { reach($0, below: false) }.max() ?? 0
    let span = max(1, left + right)
    html.tag("ul", ["class": "chart"]) { html in
      for row in rows {
        html.tag("li") { html in
          html.tag("span", ["class": "label"]) { $0.name(row.label, limit: 60) }
          bar(row, axis: left, span: span, to: &html)
          html.tag(
            "span", ["class": row.amount < .zero ? "figure negative" : "figure"], row.amount.grouped
          )
        }
        html.markup("\n")
      }
    }
    html.markup("\n")
  }

  private func reach(_ row: Row, below: Bool) -> Int64 {
    row.parts.reduce(0) { $0 + (($1.amount < .zero) == below ? abs($1.amount.cents) : 0) }
  }

  private func bar(_ row: Row, axis: Int64, span: Int64, to html: inout HTMLText) {
    html.tag(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "bar", "viewBox": "0 0 10000 20",
        "preserveAspectRatio": "none", "aria-hidden": "true", "focusable": "false",
      ]
    ) { html in
      html.empty(
        "rect", ["class": "track", "x": "0", "y": "0", "width": "10000", "height": "20"])
      var (left, right) = (axis, axis)
      for part in row.parts where part.amount != .zero {
        let length = abs(part.amount.cents)
        let start = part.amount < .zero ? left - length : right
        if part.amount < .zero { left -= length } else { right += length }
        let x = Self.scaled(start, span)
        // Small amounts stay visible: at least three thousandths of the width.
        let width = max(30, Self.scaled(start + length, span) - x)
        html.empty(
          "rect",
          [
            "class": "fill \(part.outcome.word)", "x": String(min(x, Self.width - width)), "y": "0",
            "width": String(width), "height": "20",
          ])
      }
      if axis > 0 {
        html.empty(
          "rect",
          [
            "class": "axis", "x": String(max(0, Self.scaled(axis, span) - 8)), "y": "0",
            "width": "16", "height": "20",
          ])
      }
    }
  }

  private static func scaled(_ value: Int64, _ span: Int64) -> Int64 {
    Int64(Int128(value) * Int128(width) / Int128(span))
  }
}
