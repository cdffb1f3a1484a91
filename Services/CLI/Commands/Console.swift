import Foundation

/// Where a command writes and reads. Answers go to `out`, everything said about them to `err`, so that an answer can
/// be piped.
package struct Console: Sendable {
    /// One line, without its end.
    package let out: @Sendable (String) -> Void
    package let err: @Sendable (String) -> Void
    /// Standard input up to its end.
    package let input: @Sendable () -> [UInt8]
    /// A line typed on the terminal behind this prompt, which does not show it; nil where there is no terminal.
    package let hidden: @Sendable (String) -> [UInt8]?

    /// A line typed on the terminal behind this prompt, without its end; nil where there is no terminal.
    package let ask: @Sendable (String) -> String?
    /// Whether answers go to a terminal, and nothing forbids colour there (no-color.org).
    package let isColoured: Bool
    /// Whether `err` is a terminal, so that a line may show how far long work has come.
    package let showsProgress: Bool

    package init(
        out: @escaping @Sendable (String) -> Void, err: @escaping @Sendable (String) -> Void,
        input: @escaping @Sendable () -> [UInt8], hidden: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        ask: @escaping @Sendable (String) -> String? = { _ in nil }, isColoured: Bool = false,
        showsProgress: Bool = false
    ) {
        self.out = out
        self.err = err
        self.input = input
        self.hidden = hidden
        self.ask = ask
        self.isColoured = isColoured
        self.showsProgress = showsProgress
    }

    /// - Parameter allowsColour: false where `NO_COLOR` is set.
    package static func live(allowsColour: Bool) -> Console {
        Console(
            out: { Self.write($0 + "\n", to: STDOUT_FILENO) },
            err: { Self.write($0 + "\n", to: STDERR_FILENO) },
            input: { (try? FileHandle.standardInput.readToEnd()).map(Array.init) ?? [] },
            hidden: HiddenPrompt.ask,
            ask: { prompt in
                guard isatty(STDIN_FILENO) == 1 else { return nil }
                Self.write(prompt, to: STDERR_FILENO)
                return readLine() ?? ""
            }, isColoured: allowsColour && isatty(STDOUT_FILENO) == 1,
            showsProgress: isatty(STDERR_FILENO) == 1)
    }

    /// Writes over the last line of a terminal; nothing ends it.
    package func status(_ text: String) {
        guard showsProgress else { return }
        Self.write("\r\u{1B}[K\(text)", to: STDERR_FILENO)
    }

    /// A reader that went away is no reason to fail: what can't be written is dropped.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
