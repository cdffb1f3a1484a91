import Gateway
import HTTPKit
import Testing

@Suite("What the plant's answer to a validation means")
struct VerdictTests {
    private static func verdict(_ status: Int, _ body: String) -> Verdict {
        Verdict(.answered(status: status, body: Array(body.utf8)), userID: "user-1")
    }
    private static func problem(_ code: String) -> String { #"{"type":"urn:lockstep:problem:x","code":"\#(code)"}"# }

    @Test("a confirmation names customer and plan, or that there is none")
    func confirmed() {
        #expect(
            Self.verdict(200, TestPlant.confirmation())
                == .confirmed(CustomerFacts(customerID: "customer-7", plan: "gold")))
        #expect(
            Self.verdict(200, TestPlant.confirmation(customer: nil, plan: nil))
                == .confirmed(CustomerFacts(customerID: nil, plan: nil)))
        #expect(
            Self.verdict(200, #"{"valid":true,"customer_id":"c","email":"e"}"#)
                == .confirmed(CustomerFacts(customerID: "c", plan: nil)))
    }

    @Test(
        "a no is passed on with the plant's own code",
        arguments: [
            (401, problem("bad_signature"), ProblemCode.badSignature), (401, problem("unknown_key"), .unknownKey),
            (401, problem("expired"), .expired), (401, problem("revoked"), .revoked),
            (401, problem("not_a_code"), .badSignature), (401, #"{"detail":"Invalid token"}"#, .badSignature),
            (401, "", .badSignature), (401, problem("not_found"), .badSignature),
            (401, problem("customer_suspended"), .badSignature), (404, problem("customer_unknown"), .customerUnknown),
            (404, "<html>", .customerUnknown), (403, problem("customer_suspended"), .customerSuspended),
        ])
    func refused(_ status: Int, _ body: String, _ code: ProblemCode) {
        guard case .refused(let found, _) = Self.verdict(status, body) else {
            Issue.record("\(status) is no refusal")
            return
        }
        #expect(found == code)
    }

    @Test(
        "whatever else comes says nothing about the token, and is never a 401",
        arguments: [
            (403, ""), (403, "<html>IAM</html>"), (403, problem("forbidden")), (403, problem("CUSTOMER_SUSPENDED")),
            (500, ""), (502, "x"), (503, problem("unavailable")), (429, ""), (302, ""), (204, ""), (201, "{}"),
            (200, ""), (200, "{}"), (200, "[]"), (200, "null"), (200, #"{"valid":true}"#), (200, "<html>"),
            (200, #"{"valid":false,"customer_id":null,"email":"e"}"#),
            (200, #"{"valid":"true","customer_id":null,"email":"e"}"#),
            (200, #"{"valid":true,"customer_id":7,"email":"e"}"#),
            (200, #"{"valid":true,"customer_id":null,"email":"e","user_id":"somebody-else"}"#),
            (200, #"{"valid":true,"customer_id":"a","customer_id":"b","email":"e"}"#),
            (200, #"{"valid":true,"customer_id":"a","email":"e"} x"#),
            (200, #"{"valid":true,"customer_id":"a","email":"e","plan":{}}"#),
            (200, #"{"valid":true,"customer_id":"a","email":"e","roles":"admin"}"#),
        ])
    func unavailable(_ status: Int, _ body: String) {
        guard case .unavailable = Self.verdict(status, body) else {
            Issue.record("\(status) \(body) is a verdict")
            return
        }
    }

    @Test("no answer is no verdict")
    func failed() {
        #expect(Verdict(.failed("why"), userID: "u") == .unavailable("why"))
    }
}
