internal import FuzzSupport
internal import LoadOps
internal import Sheets
internal import Vocabulary

/// The workbook reader.
///
/// With an odd first byte the rest is a file. A change to one rarely gets past its checksums, so with an
/// even first byte the rest is up to three parts, a zero byte between them: the sheet, the shared strings
/// and the styles, which are put into an archive that is in order.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 0 else { return 0 }
  let rest = UnsafeRawBufferPointer(start: data + 1, count: size - 1)
  let (blockSize, numbers) = settings(data[0] >> 1)
  let file = FuzzFile.shared
  if data[0] & 1 == 1 { file.replace(rest) } else { file.replace(archive(Array(rest))) }
  readAllSheets(file.path, blockSize: blockSize)
  exercise(file.path, blockSize: 4096, numbers: numbers)
  return 0
}

private func readAllSheets(_ path: String, blockSize: Int) {
  do throws(Failure) {
    let workbook = try Workbook(path: path, name: "fuzz", blockSize: blockSize)
    for sheet in workbook.sheets.prefix(3) {
      var last = 0
      try workbook.forEachRow(of: sheet) { (row) throws(Failure) in
        precondition(row.number > last && row.number <= 1_048_576, "rows are in order")
        last = row.number
        for (cell, next) in zip(row.cells, row.cells.dropFirst()) {
          precondition(cell.column < next.column && cell.range.upperBound <= row.text.count)
        }
        return row.number < 100_000
      }
    }
  } catch {
    precondition(error.cause != .ownBug && !error.remedy.isEmpty, "\(error)")
  }
}

private func archive(_ bytes: [UInt8]) -> [UInt8] {
  let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
  let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  let types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  let links = "http://schemas.openxmlformats.org/package/2006/relationships"
  var fixture = ZIPFixture([
    .init(
      "xl/workbook.xml",
      Array(
        "<workbook xmlns=\"\(main)\" xmlns:r=\"\(types)\"><sheets><sheet name=\"S\" r:id=\"a\"/></sheets></workbook>"
          .utf8), isStored: true),
    .init(
      "xl/_rels/workbook.xml.rels",
      Array(
        """
        <Relationships xmlns="\(links)"><Relationship Id="a" Type="\(types)/worksheet" Target="s.xml"/>
        <Relationship Id="b" Type="\(types)/sharedStrings" Target="t.xml"/>
        <Relationship Id="c" Type="\(types)/styles" Target="y.xml"/></Relationships>
        """.utf8), isStored: true),
  ])
  for (index, name) in ["xl/s.xml", "xl/t.xml", "xl/y.xml"].enumerated() {
    let given = index < parts.count ? Array(parts[index]) : []
    let root = ["worksheet", "sst", "styleSheet"][index]
    let part = given.isEmpty ? Array("<\(root) xmlns=\"\(main)\"/>".utf8) : given
    fixture.entries.append(.init(name, part, isStored: true))
  }
  return fixture.bytes
}
