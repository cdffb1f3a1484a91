import ArgumentParser
import Foundation

/// The other side of `StackGuard`. Not for people: it does nothing without its pipe.
struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: StackGuard.argument, shouldDisplay: false)

    func run() {
        var groups: [pid_t: Int] = [:]
        while let line = readLine() {
            let words = line.dropFirst().split(separator: " ")
            guard let group = words.first.flatMap({ pid_t($0) }), group > 1 else { continue }
            groups[group] = line.first == "+" ? words.last.flatMap { Int($0) } ?? 10 : nil
        }
        Self.end(groups)
    }

    /// - Parameter groups: with their grace in seconds.
    private static func end(_ groups: [pid_t: Int]) {
        var left = groups
        for group in left.keys { kill(-group, SIGTERM) }
        let start = DispatchTime.now()
        while !left.isEmpty {
            left = left.filter { group, grace in
                // Nobody there any more: its number may soon mean another.
                if kill(-group, 0) != 0, errno == ESRCH { return false }
                let elapsed = (DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000_000
                guard elapsed >= UInt64(max(grace, 0)) else { return true }
                kill(-group, SIGKILL)
                return false
            }
            if !left.isEmpty { usleep(50_000) }
        }
    }
}
