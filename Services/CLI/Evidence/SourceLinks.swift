/// What one source file takes from others by name, and what in it stands on what. By this the token calls of a shared
/// package are known as calls of each program that uses them.
package struct SourceLinks: Sendable {
    /// A name that is brought in from another file.
    package struct Import: Hashable, Sendable {
        /// As this file calls it.
        package let local: String
        /// Spelled as in the file: `@acme/shared`, `../auth`, `shared.auth`.
        package let module: String
        /// What it is called there; nil for the module itself and for what it gives by default.
        package let original: String?

        package init(local: String, module: String, original: String?) {
            self.local = local
            self.module = module
            self.original = original
        }
    }

    /// A name at the top of the file that others may bring in: a function, a class, a constant.
    package struct Symbol: Sendable {
        package let name: String
        /// Where it begins; it ends where the next begins.
        package let position: SourcePosition
        /// Names that occur in it, and members as `a.b`.
        package let mentions: Set<String>

        package init(_ name: String, at position: SourcePosition, mentions: Set<String>) {
            self.name = name
            self.position = position
            self.mentions = mentions
        }
    }

    package var imports: [Import] = []
    /// In the order of the file.
    package var symbols: [Symbol] = []
    /// What occurs at the file's top outside of them.
    package var mentions: Set<String> = []

    package init() {}

    package var isEmpty: Bool { imports.isEmpty && symbols.isEmpty }
}
