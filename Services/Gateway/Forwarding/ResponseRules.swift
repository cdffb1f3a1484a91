import HTTP1
import NIOCore

/// What a route changes in the fields of its answers.
package struct ResponseRules {
    /// Lines that are added, behind those that remain.
    package let fields: [HeaderField]
    private let headers: HeaderRules?
    private let replacesCORS: Bool

    /// - Parameter origin: of the one `Origin` line; nil when there is none, or more than one.
    /// - Returns: nil for a route that changes nothing.
    package init?(_ policy: RoutePolicy, origin: String?) {
        guard policy.cors != nil || policy.responseHeaders != nil else { return nil }
        fields = (policy.cors?.fields(origin: origin) ?? []) + (policy.responseHeaders?.set ?? [])
        headers = policy.responseHeaders
        replacesCORS = policy.cors != nil
    }

    /// Whether an upstream's line is left out.
    func drops(_ field: Field, of response: ReceivedResponse) -> Bool {
        let name = response.view(field.nameRange)
        return headers?.drops(name) ?? false || replacesCORS && CORSPolicy.replaces(name)
    }
}
