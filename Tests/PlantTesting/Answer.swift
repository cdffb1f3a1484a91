import Foundation
package import HTTPTypes
package import HummingbirdTesting
import NIOCore

/// A response, with its JSON at hand.
package struct Answer: Sendable {
    package let status: HTTPResponse.Status
    package let headers: HTTPFields
    package let text: String

    package init(_ response: TestResponse) {
        status = response.status
        headers = response.headers
        text = String(buffer: response.body)
    }

    private var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// A member of the body's object that is a string.
    package subscript(_ name: String) -> String? { object[name] as? String }

    package func integer(_ name: String) -> Int? { object[name] as? Int }

    /// The problem's stable code.
    package var code: String? { self["code"] }

    /// Names of the fields that a problem complains of.
    package var fields: Set<String> { Set((object["fields"] as? [String: Any] ?? [:]).keys) }

    /// One member of each item of a list.
    package func items(_ name: String) -> [String] {
        (object["data"] as? [[String: Any]] ?? []).compactMap { $0[name] as? String }
    }

    package var members: Set<String> { Set(object.keys) }

    package func decoded<T: Decodable>(_ type: T.Type) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
