internal import CXML2
internal import Foundation

/// Asks libxml2 whether a text is well-formed XML.
package enum WellFormedXML {
  /// What is wrong with the text, with its line; nil when it is well-formed.
  package static func fault(in text: String) -> String? {
    var bytes = Array(text.utf8CString)
    let count = Int32(bytes.count - 1)
    let options = Int32(
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)
    guard let parser = xmlNewParserCtxt() else { return "libxml2 gives no parser" }
    defer { xmlFreeParserCtxt(parser) }
    let document = xmlCtxtReadMemory(parser, &bytes, count, nil, "UTF-8", options)
    defer { xmlFreeDoc(document) }
    guard document == nil || parser.pointee.wellFormed == 0 else { return nil }
    guard let error = xmlCtxtGetLastError(parser) else { return "it is not well-formed" }
    let message = error.pointee.message.map { String(cString: $0) } ?? "it is not well-formed"
    return "line \(error.pointee.line): \(message)"
  }
}
