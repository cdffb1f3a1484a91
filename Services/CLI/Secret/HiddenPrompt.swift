import Foundation

/// Asks on the terminal for a line that is not shown while it is typed.
enum HiddenPrompt {
    /// - Returns: the line without its end; nil where there is no terminal.
    static func ask(_ prompt: String) -> [UInt8]? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else { return nil }
        var quiet = settings
        quiet.c_lflag &= ~tcflag_t(ECHO)
        // Signals stay what they are: Ctrl-C ends the program, and the shell sets its terminal right.
        guard tcsetattr(terminal, TCSAFLUSH, &quiet) == 0 else { return nil }
        defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
        Console.write(prompt, to: terminal)
        defer { Console.write("\n", to: terminal) }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < 65_536 {
            let count = read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != 0x0A else { break }
            line.append(byte)
        }
        return line
    }
}
