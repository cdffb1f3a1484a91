import Contracts
import HTTPKit
import HTTPTypes
import PlantKit

/// What the plant serves outside of the one way for operations (`OperationRunner`), as the document tells it.
enum CoreOperations {
    /// Words beside the core's tags.
    static let tags = [
        accessTag: "What a token is worth here.",
        "Customers": "Whose the plant's resources are.",
        "Skills": "The catalogue of what work may ask for.",
        "Administration": "Roles and modules.",
        serviceTag: "The service itself, for platforms and people.",
    ]

    static let access = [
        Operation(
            "validateToken", .get, "/api/v1/auth/validate", summary: "Tells whose a token is.",
            details: "For gateways. Every answer is audited.", tag: accessTag, access: .anyToken,
            answers: [
                .ok(
                    APISchema.of(ValidatedToken.self).allowingNull("customer_id", "plan").describing([
                        "customer_id": "Null for a platform user who is no customer.",
                        "expires_at": "Seconds since the epoch.",
                    ]), "The token holds."),
                .problem(.customerUnknown, as: .notFound, "The token holds, and its customer is not known here."),
            ]),
        Operation(
            "diagnoseToken", .get, "/api/v1/diagnostics/token",
            summary: "Tells the sender of a diagnostic token what became of it on its way.",
            details: "For lockstep doctor; nobody else learns anything here.", tag: accessTag, access: .anyToken,
            answers: [.ok(.of(DiagnosedToken.self))], refusals: [.forbidden]),
    ]

    static let debugHeaders = Operation(
        "echoHeaders", .get, "/api/v1/debug/headers", summary: "Tells which headers reached the plant.",
        details: "In development and test alone.", tag: accessTag, access: .anyToken,
        answers: [.ok(.of(HeaderEcho.Answer.self))])

    static let service = [
        health("getHealth", "/health"),
        health("getAPIHealth", "/api/health"),
        Operation(
            "getReadiness", .get, "/ready", summary: "Tells whether the service is ready for traffic.", tag: serviceTag,
            access: .open,
            answers: [
                .ok(readiness, "It is ready."), APIAnswerKind(.serviceUnavailable, "It is not ready.", readiness),
            ]),
        Operation(
            "getMetrics", .get, "/metrics", summary: "The metrics, as Prometheus reads them.",
            details: "Outside development the internal token is needed.", tag: serviceTag, access: .open,
            answers: [APIAnswerKind(.ok, "Every metric.", .text(), mediaType: "text/plain")],
            refusals: [.missingToken]),
        Operation(
            "getOpenAPI", .get, "/openapi.json", summary: "This document.", tag: serviceTag, access: .open,
            answers: [.one(APISchema.object([]), "OpenAPI 3.1.")], precondition: .ifNoneMatch),
        Operation(
            "getDocumentation", .get, "/docs", summary: "This document, for people.", tag: serviceTag, access: .open,
            answers: [
                APIAnswerKind(.ok, "A page without script.", .text(), mediaType: "text/html", headers: [.eTag])
            ], precondition: .ifNoneMatch),
    ]

    private static let accessTag = "Access"
    private static let serviceTag = "Service"

    private static func health(_ id: String, _ path: String) -> Operation {
        let schema = APISchema.object([
            .required("status", .choice(["ok"])), .required("service", .text()), .required("version", .text()),
        ]).named("Health")
        return Operation(
            id, .get, path, summary: "Tells that the process answers.", tag: serviceTag, access: .open,
            answers: [.ok(schema, "It answers.")])
    }

    private static let readiness = APISchema.object([
        .required("status", .choice(["ready", "not_ready"])), .required("service", .text()),
        .optional("code", .text().described("Of the first check that is not ready.")),
        .optional(
            "checks",
            .array(
                of: .object([
                    .required("name", .text()), .required("status", .choice(["ready", "warning", "not_ready"])),
                    .optional("code", .text()), .optional("detail", .text()),
                ])
            ).described("With the internal token, or in development.")),
    ]).named("Readiness")
}
