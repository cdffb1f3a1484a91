package import Secrets
import ServiceKit

/// How this service's keys stand with one issuer.
package struct IssuerAgreement: Codable, Sendable, Equatable {
    package var url: String
    package var issuer: String?
    /// `agreed`, `disagreed`, `unreachable`, `pending`
    package var status: String
    package var detail: String
    package var theirKid: String?
    package var theirSource: String?
    package var theirEnvironment: String?
    package var ourKids: [String]
    package var ourSource: String
    /// Seconds since the epoch.
    package var checkedAt: Int64?
    /// Keys that the issuer signs probes with and this service does not hold: a rotation waits for it. No alarm.
    package var lagging: [String]?

    package init(
        url: String, issuer: String? = nil, status: String, detail: String, theirKid: String? = nil,
        theirSource: String? = nil, theirEnvironment: String? = nil, ourKids: [String], ourSource: String,
        checkedAt: Int64? = nil, lagging: [String]? = nil
    ) {
        self.url = url
        self.issuer = issuer
        self.status = status
        self.detail = detail
        self.theirKid = theirKid
        self.theirSource = theirSource
        self.theirEnvironment = theirEnvironment
        self.ourKids = ourKids
        self.ourSource = ourSource
        self.checkedAt = checkedAt
        self.lagging = lagging
    }
}

/// Body of `GET /internal/v1/keys`.
package struct KeyReport: Codable, Sendable {
    package var service: String
    package var instance: String
    package var version: String
    package var secrets: SecretDiagnostics
    package var issuers: [IssuerAgreement]

    package init(service: String, instance: String, secrets: SecretDiagnostics, issuers: [IssuerAgreement]) {
        self.service = service
        self.instance = instance
        self.version = BuildInfo.version
        self.secrets = secrets
        self.issuers = issuers
    }
}
