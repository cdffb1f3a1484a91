import HTTPKit
import ServiceKit
import Testing

@Suite("Health documents")
struct HealthDocumentTests {
    @Test("health says that the process is alive")
    func health() {
        let text = String(decoding: HealthDocument.health(service: "plant"), as: UTF8.self)
        #expect(text == "{\"service\":\"plant\",\"status\":\"ok\",\"version\":\"\(BuildInfo.version)\"}")
    }

    @Test("readiness tells strangers a stable code and nothing else")
    func strangers() {
        let readiness = Readiness(checks: ["database", "keys"])
        readiness.set("database", .ready)
        readiness.set("keys", .notReady(code: "key_disagreement", detail: "kid abc from JWT_SECRET"))
        let (ready, body) = HealthDocument.ready(readiness, service: "plant", details: false)
        #expect(!ready)
        #expect(
            String(decoding: body, as: UTF8.self)
                == "{\"code\":\"key_disagreement\",\"service\":\"plant\",\"status\":\"not_ready\"}")
    }

    @Test("those who may know see every check")
    func details() {
        let readiness = Readiness(checks: ["keys"])
        readiness.set("keys", .warning(code: "agreement_unconfirmed", detail: "portal away"))
        let (ready, body) = HealthDocument.ready(readiness, service: "plant", details: true)
        #expect(ready)
        #expect(
            String(decoding: body, as: UTF8.self) == """
                {"checks":[{"code":"agreement_unconfirmed","detail":"portal away","name":"keys","status":"warning"}],\
                "service":"plant","status":"ready"}
                """)
    }
}
