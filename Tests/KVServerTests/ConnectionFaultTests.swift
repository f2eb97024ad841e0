import HTTPTypes
import Hummingbird
import KVModel
import Testing

@testable import KVHTTP
@testable import KVServer

@Suite("What a connection reports")
struct ConnectionFaultTests {
    @Test("is answered with a status and a code of its own")
    func answers() {
        let slow = KVError(answering: ConnectionFault.bodyTooSlow)
        #expect((slow.code.status.code, slow.code.rawValue) == (408, "body_too_slow"))
        #expect(slow.response(requestID: "1").headers[.connection] == "close")
        let malformed = KVError(answering: ConnectionFault.malformedBody)
        #expect((malformed.code.status.code, malformed.code.rawValue) == (400, "invalid_request"))
        for error in [ConnectionFault.tooManyBodies, MemoryBudget.Exhausted(retryAfter: 5)] as [any Error] {
            let busy = KVError(answering: error)
            #expect((busy.code.status.code, busy.code.rawValue) == (503, "server_busy"))
            #expect(busy.response(requestID: "1").headers[.retryAfter] != nil)
        }
        let tooLarge = KVError(answering: BodyStorage.TooLarge(limit: 7))
        #expect((tooLarge.code.status.code, tooLarge.code.rawValue) == (413, "body_too_large"))
    }
}
