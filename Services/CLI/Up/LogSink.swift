import Dispatch
import Foundation

/// Interleaves the services' lines on one descriptor, each after its coloured name.
///
/// Writing happens on its own queue: a terminal that was stopped (Ctrl-S) blocks the services' output, as a pipe does,
/// but not the supervision.
package final class LogSink: Sendable {
    private let queue = DispatchQueue(label: "lockstep.log")
    private let descriptor: Int32
    private let isColoured: Bool
    private let prefixes: [String: String]

    /// - Parameter isColoured: on a terminal, and `NO_COLOR` is not set.
    package init(services: [String], descriptor: Int32, isColoured: Bool) {
        self.descriptor = descriptor
        self.isColoured = isColoured
        let width = (services.map(\.count).max() ?? 0) + 1
        var prefixes: [String: String] = [:]
        for (index, service) in services.enumerated() {
            let padded = service + String(repeating: " ", count: width - service.count) + "|"
            prefixes[service] =
                isColoured ? "\u{1B}[\(Self.colours[index % Self.colours.count])m\(padded)\u{1B}[0m " : "\(padded) "
        }
        self.prefixes = prefixes
    }

    static func isColoured(descriptor: Int32, variables: [String: String]) -> Bool {
        isatty(descriptor) == 1 && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
    }

    private static let colours = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

    /// Returns when the line is written.
    func line(_ text: String, of service: String) async {
        let line = (prefixes[service] ?? "") + printable(text) + "\n"
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async { [descriptor] in
                Console.write(line, to: descriptor)
                continuation.resume()
            }
        }
    }

    /// A line of lockstep's own, after those that came before it.
    func say(_ text: String) {
        let line = "lockstep: \(printable(text))\n"
        queue.async { [descriptor] in Console.write(line, to: descriptor) }
    }

    /// Waits until everything is written.
    func flush() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async { continuation.resume() }
        }
    }

    /// What a client sent may stand in a log line; on a terminal it must not move the cursor or change the title.
    private func printable(_ text: String) -> String {
        guard isColoured, text.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F ? "?" : scalar
                }))
    }
}
