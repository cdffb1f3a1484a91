import Foundation
import HTTPTypes

/// What a client sends to the token endpoint (RFC 6749 §4.4.2, §2.3.1), read strictly: a parameter that repeats, and two
/// ways to authenticate at once, are refused.
struct ClientCredentialsRequest: Equatable, Sendable {
    enum Fault: Error, Equatable, Sendable {
        case malformed(String)
        case unsupportedGrant
        /// Neither way to authenticate was used.
        case noClient
    }

    var clientID: String
    /// As it came.
    var secret: String
    /// Nil: all that the account may.
    var scope: [String]?
    /// The client came with an Authorization header.
    var isBasic: Bool

    static let maximumBytes = 4096

    /// - Parameter body: `application/x-www-form-urlencoded`.
    init(authorization: [String], body: String) throws(Fault) {
        let parameters = try Self.parameters(body)
        guard let grant = parameters["grant_type"] else { throw .malformed("grant_type is missing") }
        guard grant == "client_credentials" else { throw .unsupportedGrant }
        if let basic = try Self.basic(authorization) {
            guard parameters["client_secret"] == nil, parameters["client_id"].map({ $0 == basic.id }) ?? true else {
                throw .malformed("the client authenticates in two ways")
            }
            (clientID, secret, isBasic) = (basic.id, basic.secret, true)
        } else {
            guard let id = parameters["client_id"], let secret = parameters["client_secret"] else { throw .noClient }
            (clientID, self.secret, isBasic) = (id, secret, false)
        }
        scope = parameters["scope"].map { $0.split(separator: " ").map(String.init) }
    }

    /// RFC 6749 §3.2: parameters without a value are as if left out, and none comes twice.
    private static func parameters(_ body: String) throws(Fault) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in body.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else {
                throw .malformed("the form can't be read")
            }
            guard !value.isEmpty else { continue }
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw .malformed("a parameter comes twice")
            }
        }
        return parameters
    }

    /// RFC 6749 §2.3.1: id and secret are form-encoded before they are joined.
    private static func basic(_ headers: [String]) throws(Fault) -> (id: String, secret: String)? {
        guard let header = headers.first else { return nil }
        guard headers.count == 1 else { throw .malformed("two Authorization headers") }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: String(parts[1])),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .malformed("the Authorization header is not Basic with a client and its secret") }
        let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, let id = decoded(pair[0]), let secret = decoded(pair[1]) else {
            throw .malformed("the Authorization header is not Basic with a client and its secret")
        }
        return (id, secret)
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
