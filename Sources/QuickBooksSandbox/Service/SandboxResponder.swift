import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What the web server hands over with a request: the connection, so that it can be cut.
struct SandboxContext: InitializableFromSource, Sendable {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// The seam between the web server and the sandbox.
struct SandboxResponder: HTTPResponder {
  typealias Context = SandboxContext

  struct ConnectionCut: Error {}

  let service: SandboxService

  func respond(to request: Request, context: SandboxContext) async throws -> Response {
    let body = try await request.body.collect(upTo: 16 * 1024 * 1024)
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    headers["host"] = request.head.authority ?? headers["host"]
    let call = APICall(
      method: request.method.rawValue, target: request.head.path ?? "/", headers: headers,
      body: Array(body.readableBytesView))
    // The service finishes what it has begun, whether the client still listens or not.
    let service = service
    let answer = await Task { await service.answer(call) }.value
    if answer.isDropped {
      try? await context.channel.close(mode: .all).get()
      throw ConnectionCut()
    }
    var fields = HTTPFields()
    fields[.contentType] = answer.contentType
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return Response(
      status: .init(code: answer.status), headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
  }
}
