/// Work that may take as long as it takes: a server's limits on statements and on idle transactions don't count for
/// transactions that begin inside.
enum Unhurried {
    @TaskLocal static var isOn = false

    static func run<T>(_ body: () async throws -> T) async throws -> T {
        try await $isOn.withValue(true, operation: body)
    }
}
