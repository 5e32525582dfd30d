internal import CXML2
internal import Foundation
internal import Vocabulary

/// What is told about a file of XML while it is read.
///
/// Elements are known by the number that their name has in the list given to ``XMLStream``; -1 stands
/// for every other name.
protocol XMLVisitor: AnyObject {
  /// An element begins.
  func begin(_ element: Int, _ attributes: XMLAttributes, in stream: XMLStream)
  /// A piece of an element's text, UTF-8.
  func text(_ bytes: UnsafeBufferPointer<UInt8>)
  /// An element ends.
  func end(_ element: Int, in stream: XMLStream)
}

/// The attributes of an element, readable while it begins.
struct XMLAttributes {
  fileprivate let count: Int
  fileprivate let base: UnsafeMutablePointer<UnsafePointer<UInt8>?>?

  /// The value of an attribute without a prefix; nil when it is not there.
  subscript(name: StaticString) -> String? {
    guard let base else { return nil }
    for index in 0..<count {
      let entry = base + index * 5
      guard let key = entry[0], entry[1] == nil, let start = entry[3], let end = entry[4] else {
        continue
      }
      let length = name.utf8CodeUnitCount
      guard memcmp(key, name.utf8Start, length) == 0, key[length] == 0 else { continue }
      let bytes = UnsafeBufferPointer(start: start, count: end - start)
      let text = String(decoding: bytes, as: UTF8.self)
      // libxml2 hands an ampersand over as a reference when it expands no entities.
      return bytes.contains(UInt8(ascii: "&")) ? text.replacing("&#38;", with: "&") : text
    }
    return nil
  }
}

/// Reads a file of XML from front to back through libxml2, without ever building a tree.
///
/// A document type declaration ends the reading, and with it every entity but the five of XML itself;
/// nothing is fetched from anywhere. Depth and size are bounded. With a schema the elements are
/// validated on the way.
final class XMLStream {
  /// How deep elements may be nested.
  static let maximumDepth = 64

  /// The file's name as it stands in messages.
  let name: String
  private let path: String
  private let maximumBytes: Int
  private let visitor: any XMLVisitor
  private let names: ElementNames
  private var parser: xmlParserCtxtPtr?
  private var failure: Failure?
  private var schemaFault: (line: Int, message: String)?
  /// Apart from the object, because every access to an object's own properties is checked: this is
  /// asked for with every element.
  private let state: UnsafeMutablePointer<State>

  private struct State {
    var depth = 0
    var hasFailed = false
    /// The elements around where the reader is, the outermost first.
    var path = InlineArray<64, Int>(repeating: -1)
  }

  /// Looks at the bytes of a file, block by block, before they are parsed.
  typealias Inspection = (
    _ bytes: UnsafeBufferPointer<UInt8>, _ isFirst: Bool
  ) throws(Failure) -> Void

  /// Prepares to read a file.
  init(
    path: String, name: String, names: [String], maximumBytes: Int = 1 << 31,
    visitor: any XMLVisitor
  ) {
    self.path = path
    self.name = name
    self.maximumBytes = maximumBytes
    self.visitor = visitor
    self.names = ElementNames(names)
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit { state.deallocate() }

  /// How many elements are open.
  var depth: Int { state.pointee.depth }

  /// The innermost element that is open; -1 for one without a number, and outside of all.
  var innermost: Int { depth > 0 ? state.pointee.path[depth - 1] : -1 }

  /// The current line, from 1.
  var line: Int { parser.map { Int(xmlSAX2GetLineNumber(UnsafeMutableRawPointer($0))) } ?? 0 }

  /// Where the reader is.
  var location: SourceLocation { SourceLocation(file: name, line: max(1, line)) }

  /// Ends the reading with a failure; the first one counts.
  func fail(_ failure: Failure) {
    if self.failure == nil { self.failure = failure }
    state.pointee.hasFailed = true
    if let parser { xmlStopParser(parser) }
  }

  /// Reads the file, validates it by a schema, and lets its bytes be looked at.
  ///
  /// - Throws: `Failure` with cause `inputMissing`; `inputUnreadable`, also for what the schema refuses; or
  ///   what the visitor or the inspection failed with.
  func read(
    validating schema: XMLSchema? = nil, inspect: Inspection? = nil
  ) throws(Failure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(
        .inputMissing, "\(name): \(String(cString: strerror(errno)))",
        remedy: "check the path of the file")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure(
        .inputUnreadable, "\(name) is a folder", remedy: "name the files in it, one by one")
    }
    var handler = XMLStream.handler
    let me = Unmanaged.passUnretained(self).toOpaque()
    guard let parser = xmlCreatePushParserCtxt(&handler, me, nil, 0, nil) else {
      throw outOfMemory()
    }
    self.parser = parser
    defer {
      xmlFreeParserCtxt(parser)
      self.parser = nil
      names.forget()
    }
    xmlCtxtUseOptions(
      parser,
      Int32(
        XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
          | XML_PARSE_NOWARNING.rawValue))
    // The options are about libxml2's own tree builder, too; ours are the callbacks that count.
    parser.pointee.sax.pointee = handler
    parser.pointee.userData = me
    try withValidation(parser, schema) { () throws(Failure) in try feed(parser, descriptor, inspect)
    }
  }

  private func withValidation(
    _ parser: xmlParserCtxtPtr, _ schema: XMLSchema?, _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    guard let schema else { return try body() }
    guard let validation = xmlSchemaNewValidCtxt(schema.pointer) else { throw outOfMemory() }
    defer { xmlSchemaFreeValidCtxt(validation) }
    let me = Unmanaged.passUnretained(self).toOpaque()
    xmlSchemaSetValidStructuredErrors(
      validation,
      { context, error in
        guard let context, let error else { return }
        let stream = Unmanaged<XMLStream>.fromOpaque(context).takeUnretainedValue()
        stream.refuse(XMLStream.message(of: error))
      }, me)
    guard
      let plug = xmlSchemaSAXPlug(
        validation, &parser.pointee.sax, &parser.pointee.userData)
    else { throw outOfMemory() }
    var thrown: Failure?
    do throws(Failure) { try body() } catch { thrown = error }
    xmlSchemaSAXUnplug(plug)
    if let fault = schemaFault {
      throw Failure(
        .inputUnreadable, fault.message, remedy: "compare the file with the one that was written",
        location: SourceLocation(file: name, line: max(1, fault.line)))
    }
    if let thrown { throw thrown }
  }

  /// Notes what the schema refuses; the first time counts.
  private func refuse(_ message: String) {
    guard schemaFault == nil else { return }
    schemaFault = (line, message)
    if let parser { xmlStopParser(parser) }
  }

  private func feed(
    _ parser: xmlParserCtxtPtr, _ descriptor: Int32, _ inspect: Inspection?
  ) throws(Failure) {
    let capacity = 1 << 17
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = Foundation.read(descriptor, buffer, capacity)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure(
          .inputUnreadable, "\(name): \(String(cString: strerror(errno)))",
          remedy: "check the disk, then try again")
      }
      if let inspect, count > 0 {
        let bytes = buffer.assumingMemoryBound(to: UInt8.self)
        try inspect(UnsafeBufferPointer(start: bytes, count: count), total == 0)
      }
      total += count
      guard total <= maximumBytes else {
        throw Failure(
          .inputUnreadable, "\(name) is larger than \(maximumBytes >> 20) MiB",
          remedy: "save the answer in smaller files")
      }
      let code = xmlParseChunk(
        parser, buffer.assumingMemoryBound(to: CChar.self), Int32(count), count == 0 ? 1 : 0)
      if let failure { throw failure }
      if schemaFault != nil { return }
      guard code == 0 else { throw notWellFormed(parser, isEmpty: total == 0, isAtEnd: count == 0) }
      if count == 0 { return }
    }
  }

  private func notWellFormed(
    _ parser: xmlParserCtxtPtr, isEmpty: Bool, isAtEnd: Bool
  ) -> Failure {
    if isEmpty || (isAtEnd && depth > 0) {
      return Failure(
        .inputUnreadable,
        isEmpty ? "\(name) is empty" : "\(name) ends in the middle: it was cut off",
        remedy: "save the whole answer again, as the tool shows it, into a file of its own",
        location: SourceLocation(file: name, line: max(1, line)))
    }
    var reason = "it is not XML"
    if let error = xmlCtxtGetLastError(parser) {
      reason = XMLStream.message(of: error)
    }
    if reason.contains("not proper UTF-8") {
      return Failure(
        .inputUnreadable, "\(name) has letters that are not UTF-8, and does not say what they are",
        remedy: "if a Windows program saved it, let its first line be: "
          + "<?xml version=\"1.0\" encoding=\"windows-1252\"?>",
        location: SourceLocation(file: name, line: max(1, line)))
    }
    return Failure(
      .inputUnreadable, "\(name) cannot be read as XML: \(reason)",
      remedy: "save the whole answer again, as the tool shows it, into a file of its own",
      location: SourceLocation(file: name, line: max(1, line)))
  }

  private func outOfMemory() -> Failure {
    Failure(.ownBug, "libxml2 could not begin to read \(name)", remedy: "try again; report this")
  }

  private static func message(of error: UnsafePointer<xmlError>) -> String {
    let text = error.pointee.message.map { String(cString: $0) } ?? "unknown error"
    return text.split(separator: "\n").joined(separator: " ")
  }

  // MARK: Events

  private func begin(
    _ name: UnsafePointer<UInt8>, _ count: Int32,
    _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  ) {
    guard !state.pointee.hasFailed else { return }
    let depth = state.pointee.depth
    guard depth < XMLStream.maximumDepth else {
      return fail(
        Failure(
          .inputUnreadable, "elements are nested deeper than \(XMLStream.maximumDepth) levels",
          remedy: "check that this is an answer of QuickBooks", location: location))
    }
    let element = names.number(of: name)
    state.pointee.path[depth] = element
    state.pointee.depth = depth + 1
    visitor.begin(element, XMLAttributes(count: Int(count), base: attributes), in: self)
  }

  private func end() {
    guard !state.pointee.hasFailed else { return }
    let depth = state.pointee.depth - 1
    state.pointee.depth = depth
    visitor.end(state.pointee.path[depth], in: self)
  }

  /// Hands over the stream that a callback is for; whoever reads holds it, so nobody counts that.
  private static func with(_ context: UnsafeMutableRawPointer?, _ body: (XMLStream) -> Void) {
    guard let context else { return }
    Unmanaged<XMLStream>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
  }

  private static var handler: xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.initialized = XML_SAX2_MAGIC
    handler.startElementNs = { context, name, _, _, _, _, count, _, attributes in
      guard let name else { return }
      XMLStream.with(context) { $0.begin(name, count, attributes) }
    }
    handler.endElementNs = { context, _, _, _ in XMLStream.with(context) { $0.end() } }
    handler.characters = { context, bytes, count in
      XMLStream.with(context) { stream in
        guard !stream.state.pointee.hasFailed else { return }
        stream.visitor.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
      }
    }
    handler.ignorableWhitespace = handler.characters
    handler.cdataBlock = handler.characters
    handler.internalSubset = { context, _, _, _ in
      XMLStream.with(context) { stream in
        stream.fail(
          Failure(
            .inputUnreadable, "\(stream.name) has a document type declaration (<!DOCTYPE)",
            remedy: "QuickBooks writes none; use the answer as QuickBooks gave it",
            location: stream.location))
      }
    }
    return handler
  }
}

/// The numbers of elements by their names.
///
/// libxml2 keeps every name once while it reads a file, so names are told apart by where they stand.
private final class ElementNames {
  private let numbers: [String: Int]
  private let slots: UnsafeMutableBufferPointer<Slot>
  private var count = 0

  private struct Slot {
    var name: UnsafePointer<UInt8>?
    var number: Int
  }

  init(_ names: [String]) {
    numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    slots = .allocate(capacity: 1 << 10)
    slots.initialize(repeating: Slot(name: nil, number: -1))
  }

  deinit { slots.deallocate() }

  /// The number of a name; -1 for one that has none.
  func number(of name: UnsafePointer<UInt8>) -> Int {
    let place = UInt(bitPattern: name)
    var slot = Int(truncatingIfNeeded: (place >> 3) ^ (place >> 13)) & (slots.count - 1)
    while let known = slots[slot].name {
      if known == name { return slots[slot].number }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = numbers[String(cString: name)] ?? -1
    // A file may have any number of names; beyond these they are looked up each time.
    if count < slots.count / 2 {
      slots[slot] = Slot(name: name, number: number)
      count += 1
    }
    return number
  }

  /// Forgets where names stand, for the next file has them elsewhere.
  func forget() {
    slots.update(repeating: Slot(name: nil, number: -1))
    count = 0
  }
}

/// A schema that files are validated against.
final class XMLSchema: @unchecked Sendable {
  /// Nothing changes it once it is made, and libxml2 allows many readers.
  fileprivate let pointer: xmlSchemaPtr

  /// Reads a schema.
  ///
  /// - Throws: `Failure` with cause `ownBug` when it is none.
  init(_ text: String) throws(Failure) {
    var bytes = Array(text.utf8CString)
    let count = Int32(bytes.count - 1)
    xmlInitParser()
    guard let parser = xmlSchemaNewMemParserCtxt(&bytes, count) else {
      throw XMLSchema.unusable("it cannot be read")
    }
    defer { xmlSchemaFreeParserCtxt(parser) }
    let fault = SchemaFault()
    let me = Unmanaged.passUnretained(fault).toOpaque()
    xmlSchemaSetParserStructuredErrors(
      parser,
      { context, error in
        guard let context, let error else { return }
        let fault = Unmanaged<SchemaFault>.fromOpaque(context).takeUnretainedValue()
        fault.text = error.pointee.message.map { String(cString: $0) } ?? fault.text
      }, me)
    guard let schema = xmlSchemaParse(parser) else { throw XMLSchema.unusable(fault.text) }
    pointer = schema
  }

  deinit { xmlSchemaFree(pointer) }

  private final class SchemaFault { var text = "it is not a schema" }

  private static func unusable(_ reason: String) -> Failure {
    Failure(.ownBug, "the built-in schema is unusable: \(reason)", remedy: "report this as a bug")
  }
}
