/// How bad an alert is.
package enum AlertSeverity: String, Sendable, CaseIterable, Codable {
    case critical, high, medium, low
}

package enum AlertStatus: String, Sendable, CaseIterable, Codable {
    case active, resolved
}
