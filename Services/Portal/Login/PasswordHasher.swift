import NIOPosix
import Secrets
import ServiceLifecycle
import Synchronization

/// Runs Argon2 on threads of its own, few of them, with a bounded queue before them: a flood of logins waits or is
/// turned away, and everything else in the process goes on.
final class PasswordHasher: Service {
    /// The queue is full.
    struct Busy: Error, Equatable {}

    /// A place in the queue, held for one login: checking a password and, where its parameters are outdated, hashing
    /// it anew.
    struct Slot {
        fileprivate let hasher: PasswordHasher
    }

    /// What was computed since the start. It may not depend on whose password it was: an attempt at an account that is
    /// not there costs what any costs, which tests hold it to.
    struct Work: Sendable, Equatable {
        var hashes = 0
        /// Memory gone through, by all passes.
        var kibibytes = 0
    }

    let parameters: Argon2.Parameters
    private let pool: NIOThreadPool
    private let entropy: Entropy
    private let capacity: Int
    private let admitted = Mutex(0)
    private let done = Mutex(Work())
    /// Verified against for accounts that don't exist, so that they cost what the others cost.
    private let decoy: String

    /// - Parameters:
    ///   - pool: started; `run` shuts it down when the service ends.
    ///   - queue: how many may wait beside those that run.
    init(parameters: Argon2.Parameters, pool: NIOThreadPool, threads: Int, queue: Int, entropy: Entropy)
        throws(Argon2.Failure)
    {
        self.parameters = parameters
        self.pool = pool
        self.entropy = entropy
        self.capacity = threads + queue
        // A random password nobody knows; verifying against it fails whatever was typed.
        decoy = try Argon2.hash(
            SecretBytes(entropy.bytes(32)), salt: entropy.bytes(Argon2.saltBytes), parameters: parameters)
    }

    var work: Work { done.withLock { $0 } }

    func run() async throws {
        try? await gracefulShutdown()
        try await pool.shutdownGracefully()
    }

    /// Throws `Busy` at once when no place is left.
    func withSlot<T: Sendable>(_ body: (Slot) async throws -> T) async throws -> T {
        let isAdmitted = admitted.withLock { count in
            guard count < capacity else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw Busy() }
        defer { admitted.withLock { $0 -= 1 } }
        return try await body(Slot(hasher: self))
    }

    fileprivate func verify(_ password: SecretBytes, against hash: String?) async throws -> Bool {
        // An account without a password (its owner signs in through a provider, or has not set one yet) has an empty one.
        let hash = hash.flatMap { $0.isEmpty ? nil : $0 }
        let encoded = hash ?? decoy
        count(Argon2.parameters(of: encoded) ?? parameters)
        let matches = try await pool.runIfActive { try Argon2.verify(password, against: encoded) }
        return matches && hash != nil
    }

    fileprivate func hash(_ password: SecretBytes) async throws -> String {
        let salt = entropy.bytes(Argon2.saltBytes)
        count(parameters)
        return try await pool.runIfActive { [parameters] in
            try Argon2.hash(password, salt: salt, parameters: parameters)
        }
    }

    private func count(_ parameters: Argon2.Parameters) {
        done.withLock { work in
            work.hashes += 1
            work.kibibytes += Int(parameters.memory) * Int(parameters.passes)
        }
    }
}

extension PasswordHasher.Slot {
    /// - Parameter hash: nil for an account that doesn't exist: the same work is done, the answer is false.
    func verify(_ password: Password, against hash: String?) async throws -> Bool {
        try await hasher.verify(password.secret, against: hash)
    }

    /// A PHC string with a new salt.
    func hash(_ password: Password) async throws -> String {
        try await hasher.hash(password.secret)
    }

    /// Whether a stored hash was made with other parameters than today's.
    func isOutdated(_ hash: String) -> Bool {
        Argon2.parameters(of: hash) != hasher.parameters
    }
}
