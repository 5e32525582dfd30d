import Testing
import Vocabulary

@Suite struct SecretTests {
  @Test func `however a secret is printed, it shows nothing`() {
    let secret = Secret("hunter2")
    struct Holder { var secret: Secret }
    var dumped = ""
    dump(Holder(secret: secret), to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("hunter2"))
    }
    #expect("\(secret)" == "<redacted>")
    #expect(secret.reveal() == "hunter2")
  }

  @Test func `a secret matches itself and nothing else`() {
    #expect(Secret("abc").matches("abc"))
    #expect(!Secret("abc").matches("abd"))
    #expect(!Secret("abc").matches("ab"))
  }
}
