internal import CXML2
internal import Vocabulary

/// Reads one XML part of a workbook as a stream of events; a subclass says what they mean.
///
/// Parts of a workbook have no document type declaration, so one that has is refused before it can
/// declare an entity. Nothing is ever fetched from elsewhere, and nesting is limited.
class XMLPart {
  /// What the part is called in messages.
  let name: String
  private let archive: ZIPArchive
  private let entry: ZIPArchive.Entry
  private let limit: ZIPEntryReader.Limit
  private var parser: xmlParserCtxtPtr?
  private var failure: Failure?
  private var isStopped = false
  private var depth = 0
  private var fault: (line: Int, message: String)?
  private var mainNamespace: UnsafePointer<UInt8>?

  private static let deepest = 64
  private static let namespaces = [
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
  ]

  init(_ archive: ZIPArchive, _ entry: ZIPArchive.Entry, limit: ZIPEntryReader.Limit) {
    self.archive = archive
    self.entry = entry
    self.limit = limit
    name = entry.name
  }

  // MARK: - For subclasses

  /// An element of the spreadsheet namespaces, or of any in ``readsAnyNamespace``, begins.
  func start(_ name: XMLName, _ attributes: XMLAttributes) {}
  /// It ends.
  func end(_ name: XMLName) {}
  /// Text, in as many pieces as it pleases the parser.
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
  /// Whether elements count whatever their namespace.
  var readsAnyNamespace: Bool { false }

  /// Ends reading with a failure.
  final func fail(_ failure: Failure) {
    if self.failure == nil { self.failure = failure }
    stop()
  }

  /// Ends reading; what follows is not looked at.
  final func stop() {
    isStopped = true
    if let parser { xmlStopParser(parser) }
  }

  final var archivePath: String { archive.path }

  final func damaged(_ reason: String) -> Failure { archive.damaged(reason) }

  // MARK: - Reading

  /// Reads the part to its end, or until ``stop()``.
  final func read(blockSize: Int = 1 << 15) throws(Failure) {
    let reader = try ZIPEntryReader(archive, entry, limit: limit)
    var handler = XMLPart.handler()
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard let parser = xmlCreatePushParserCtxt(&handler, context, nil, 0, nil) else {
      throw Failure(.ownBug, "libxml2 gives no parser", remedy: "free some memory and try again")
    }
    self.parser = parser
    defer {
      self.parser = nil
      xmlFreeDoc(parser.pointee.myDoc)
      xmlFreeParserCtxt(parser)
    }
    // Without NOENT an attribute would keep `&amp;` as it is written. Other entities than the five of XML
    // itself cannot be there, because whatever declares some is refused before.
    xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOENT.rawValue))
    var buffer = [UInt8](repeating: 0, count: max(1, blockSize))
    var hasAny = false
    while !isStopped {
      let count = try reader.read(into: &buffer)
      hasAny = hasAny || count > 0
      guard hasAny else { throw damaged("the part \(name) is empty") }
      let code = buffer.withUnsafeBytes {
        xmlParseChunk(
          parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(count),
          count == 0 ? 1 : 0)
      }
      if isStopped { break }
      if code != 0, parser.pointee.wellFormed == 0 || fault != nil {
        throw damaged("the part \(name) is not well-formed XML, \(faultText)")
      }
      if count == 0 { break }
    }
    if let failure { throw failure }
  }

  private var faultText: String {
    guard let fault else { return "at an unknown place" }
    return "line \(fault.line): \(fault.message)"
  }

  private func isOurs(_ uri: UnsafePointer<UInt8>?) -> Bool {
    if readsAnyNamespace { return true }
    guard let uri else { return false }
    // The parser keeps each namespace once, so that equal ones are the same pointer.
    if uri == mainNamespace { return true }
    guard mainNamespace == nil, XMLPart.namespaces.contains(String(cString: uri)) else {
      return false
    }
    mainNamespace = uri
    return true
  }

  fileprivate func elementStarts(
    _ name: XMLName, _ uri: UnsafePointer<UInt8>?, _ attributes: XMLAttributes
  ) {
    depth += 1
    guard !isStopped else { return }
    guard depth <= XMLPart.deepest else {
      fail(damaged("the part \(self.name) is nested more than \(XMLPart.deepest) deep"))
      return
    }
    if isOurs(uri) { start(name, attributes) }
  }

  fileprivate func elementEnds(_ name: XMLName, _ uri: UnsafePointer<UInt8>?) {
    depth -= 1
    if !isStopped, isOurs(uri) { end(name) }
  }

  fileprivate func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
    if !isStopped { text(bytes) }
  }

  fileprivate func declaresTypes() {
    fail(
      Failure(
        .inputUnreadable,
        "\(archive.path) is no workbook to trust: its part \(name) has a document type declaration",
        remedy: "open it in a spreadsheet program and save it again as .xlsx"))
  }

  fileprivate func note(_ error: xmlErrorPtr) {
    guard fault == nil, error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
    var message = error.pointee.message.map { String(cString: $0) } ?? "it cannot be read"
    while message.last?.isWhitespace == true { message.removeLast() }
    fault = (Int(error.pointee.line), message)
  }

  private static func handler() -> xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.initialized = XML_SAX2_MAGIC
    handler.internalSubset = { context, _, _, _ in XMLPart.of(context)?.declaresTypes() }
    handler.startElementNs = { context, name, _, uri, _, _, count, _, attributes in
      guard let name else { return }
      XMLPart.of(context)?.elementStarts(
        XMLName(name), uri, XMLAttributes(base: attributes, count: Int(count)))
    }
    handler.endElementNs = { context, name, _, uri in
      guard let name else { return }
      XMLPart.of(context)?.elementEnds(XMLName(name), uri)
    }
    handler.characters = { context, text, count in
      XMLPart.of(context)?.characters(UnsafeBufferPointer(start: text, count: Int(count)))
    }
    handler.cdataBlock = { context, text, count in
      XMLPart.of(context)?.characters(UnsafeBufferPointer(start: text, count: Int(count)))
    }
    handler.serror = { context, error in
      if let error { XMLPart.of(context)?.note(error) }
    }
    return handler
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> XMLPart? {
    context.map { Unmanaged<XMLPart>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// The local name of an element or attribute, valid during an event.
struct XMLName {
  private let bytes: UnsafePointer<UInt8>

  init(_ bytes: UnsafePointer<UInt8>) {
    self.bytes = bytes
  }

  static func ~= (pattern: StaticString, name: XMLName) -> Bool { name == pattern }

  static func == (name: XMLName, text: StaticString) -> Bool {
    for index in 0..<text.utf8CodeUnitCount where name.bytes[index] != text.utf8Start[index] {
      return false
    }
    return name.bytes[text.utf8CodeUnitCount] == 0
  }
}

/// The attributes of an element, valid during an event.
struct XMLAttributes {
  /// Five pointers each: local name, prefix, namespace, begin and end of the value.
  let base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  let count: Int

  /// The bytes of an attribute, whatever its namespace; nil when there is none.
  subscript(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
    guard let base else { return nil }
    for index in 0..<count {
      guard let local = base[index * 5], XMLName(local) == name, let start = base[index * 5 + 3],
        let end = base[index * 5 + 4]
      else { continue }
      return UnsafeBufferPointer(start: start, count: end - start)
    }
    return nil
  }

  /// The text of an attribute; nil when there is none.
  func string(_ name: StaticString) -> String? {
    self[name].map { String(decoding: $0, as: UTF8.self) }
  }

  /// A whole number that an attribute holds; nil when it holds none.
  func number(_ name: StaticString) -> Int? {
    guard let bytes = self[name], !bytes.isEmpty, bytes.count <= 9 else { return nil }
    var value = 0
    for byte in bytes {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte &- 0x30)
    }
    return value
  }

  /// Whether an attribute says yes.
  func flag(_ name: StaticString) -> Bool {
    guard let text = string(name) else { return false }
    return text == "1" || text == "true" || text == "on"
  }
}
