/// `http://NAME.internal:PORT` in the value of a variable: the service NAME, wherever the target has it.
enum InternalAddress {
    struct Found: Hashable {
        let service: String
        let port: Int?
    }

    static func all(in value: String) -> [Found] {
        value.matches(of: pattern).map { Found(service: String($0.1), port: $0.2.flatMap { Int($0.dropFirst()) }) }
    }

    static func replaced(in value: String, by address: (String, Int) -> String) -> String {
        value.replacing(pattern) { address(String($0.1), $0.2.flatMap { Int($0.dropFirst()) } ?? 80) }
    }

    private static var pattern: Regex<(Substring, Substring, Substring?)> {
        /http:\/\/([a-z][a-z0-9-]*)\.internal(:[0-9]{1,5})?/
    }
}
