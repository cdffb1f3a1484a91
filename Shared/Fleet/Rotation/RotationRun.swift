import Contracts
import Secrets

extension RotationDriver {
    /// One run of a driver: what it holds in between is its lease and what it has told.
    struct Run {
        let driver: RotationDriver
        let began: Int64
        private var lease: RotationLease?
        private var told: Event?
        /// A key that was made and is not yet known to be written: trying again writes the same one.
        private var made: RingKey?
        /// A rotation has been seen under way, or was begun: where it is over, the work is done.
        private var isEngaged = false
        /// The key that signed when this run first looked. Where another one signs, somebody else has rotated since.
        private var firstKey: KeyID?

        init(driver: RotationDriver, began: Int64) {
            self.driver = driver
            self.began = began
        }

        /// One turn's end.
        private enum Turn {
            case again
            /// A pause first; the text says what for.
            case wait(String, Outcome)
            case end(Outcome)
        }

        mutating func loop() async throws -> Outcome {
            while true {
                try Task.checkCancellation()
                switch await turn() {
                case .again: continue
                case .end(let outcome): return outcome
                case .wait(let reason, let outcome):
                    if !driver.waits { return outcome }
                    if let timeout = driver.timeout, driver.surroundings.uptime() - began >= timeout {
                        return .timedOut(reason)
                    }
                    try await driver.surroundings.pause(driver.poll)
                }
            }
        }

        func release() async {
            guard let lease else { return }
            // It runs out by itself otherwise.
            try? await driver.ledger.release(lease.token)
        }

        private mutating func say(_ event: Event) {
            // A wait is told once, not at each look at the clock.
            if case .waitingUntil(let until, _) = event, case .waitingUntil(until, _)? = told { return }
            guard told != event else { return }
            told = event
            driver.tell(event)
        }

        private mutating func hold(_ reason: String) -> Turn {
            say(.waiting(reason))
            return .wait(reason, .waiting(reason))
        }

        private mutating func turn() async -> Turn {
            do throws(RotationFault) {
                try await renew()
                let (document, revision): (RingDocument, String)
                switch await reading() {
                case .success(let found): (document, revision) = found
                case .failure(let turn): return finish(turn)
                }
                let table = try await driver.ledger.table()
                let record = try await driver.ledger.record()
                if let record, record.endedAt == nil, record.store != driver.store.label {
                    return .end(
                        .refused(
                            "a rotation of \(record.store) is under way; this one is of \(driver.store.label)"))
                }
                let known = record.flatMap(RotationProgress.init)
                look(at: document) { $0.verifies(at: table.now) }
                var machine = driver.machine
                machine.mayBegin = !isEngaged
                let decision = machine.decide(
                    document, fleet: RotationFleet(table), progress: known, now: table.now)
                if let progress = decision.progress, progress != known {
                    try await remember(progress, beside: record)
                }
                return try await act(decision, document, revision, now: table.now)
            } catch {
                switch error {
                case .held(let reason):
                    // Somebody is at it already. What that one does is what this run was asked for; having the lease
                    // alone is not, so the store tells. A previous key may be a rest that is about to go.
                    if !isEngaged, case .success((let document, _)) = await reading() {
                        look(at: document) { _ in true }
                    }
                    return hold(reason)
                case .unavailable(let reason): return hold(reason)
                case .leaseLost:
                    lease = nil
                    return hold("the lease ran out before it was renewed; it is asked for again")
                case .refused(let reason): return .end(.refused(reason))
                }
            }
        }

        /// - Parameter verifies: whether a previous key does still.
        private mutating func look(at document: RingDocument, verifies: (RingKey) -> Bool) {
            let current = document.keys.first { $0.state == .current }?.id
            firstKey = firstKey ?? current
            let isUnderWay = document.keys.contains { $0.state == .next || $0.state == .previous && verifies($0) }
            if isUnderWay || current != firstKey { isEngaged = true }
        }

        /// Asks for the lease, or for more time with it. Nothing is written without.
        private mutating func renew() async throws(RotationFault) {
            lease = try await driver.ledger.lease(
                RotationLeaseRequest(
                    holder: driver.holder, seconds: RotationDriver.leaseSeconds, token: lease?.token))
        }

        private enum ReadingFault: Error { case wait(String), end(String) }

        private mutating func finish(_ fault: ReadingFault) -> Turn {
            switch fault {
            case .wait(let reason): hold(reason)
            case .end(let reason): .end(.refused(reason))
            }
        }

        private func reading() async -> Result<(RingDocument, String), ReadingFault> {
            let label = driver.store.label
            let stored: StoredSecret
            let revision: String
            switch await driver.store.read() {
            case .found(let value, let found): (stored, revision) = (StoredSecret(current: value), found)
            case .staged(let found, let at): (stored, revision) = (found, at)
            case .absent(let reason):
                return .failure(.end("\(label) holds no key (\(reason)); put one there with `lockstep secret put`"))
            case .denied(let reason): return .failure(.end("\(label) can't be read: \(reason)"))
            case .unavailable(let reason): return .failure(.wait("\(label) can't be read now: \(reason)"))
            case .reference: return .failure(.end("\(label) is only a reference"))
            }
            do throws(SecretError) {
                let document = try RingDocument(
                    stored, algorithm: driver.algorithm, environment: driver.environment, label: label)
                return .success((document, revision))
            } catch {
                return .failure(.end(error.message))
            }
        }

        private mutating func remember(
            _ progress: RotationProgress, beside record: RotationRecord?
        ) async throws(RotationFault) {
            guard let lease else { throw .leaseLost }
            // A reversal goes on under the same name; what follows an ended one is another.
            let id = record.flatMap { $0.endedAt == nil ? $0.id : nil } ?? driver.surroundings.identifier()
            let isSame = record.map { $0.endedAt != nil && progress.beganAt == $0.beganAt } ?? false
            try await driver.ledger.put(
                progress.record(
                    id: isSame ? record?.id ?? id : id, store: driver.store.label, by: driver.holder), lease.token)
            say(.progress(progress))
        }

        private mutating func act(
            _ decision: RotationMachine.Decision, _ document: RingDocument, _ revision: String, now: Int64
        ) async throws(RotationFault) -> Turn {
            switch decision.action {
            case .done: return .end(.done(decision.progress))
            case .refuse(let reason): return .end(.refused(reason))
            case .waitForReplicas(let blockers):
                say(.blocked(blockers))
                return .wait(blockers.map(\.description).joined(separator: "; "), .blocked(blockers))
            case .waitUntil(let until):
                say(.waitingUntil(until, now: now))
                return .wait("tokens of the old key live until \(until)", .early(until: until, now: now))
            case .write(let change): return try await write(change, document, revision, now: now)
            }
        }

        private mutating func write(
            _ change: RingChange, _ document: RingDocument, _ revision: String, now: Int64
        ) async throws(RotationFault) -> Turn {
            let secret: StoredSecret
            do throws(SecretError) {
                secret = try await content(change, document, now: now)
            } catch {
                return .end(.refused(error.message))
            }
            // A process that was stopped in between writes nothing: the lease is asked for again, right before.
            try await renew()
            do throws(StoreWriteError) {
                _ = try await driver.store.write(secret, replacing: revision)
                made = nil
                isEngaged = true
                say(.wrote(change))
                return .again
            } catch {
                switch error {
                case .changed: return hold("\(driver.store.label) was written to in between; it is read again")
                case .unavailable(let reason): return hold("\(driver.store.label) can't be written to now: \(reason)")
                case .denied(let reason):
                    return .end(.refused("\(driver.store.label) may not be written to: \(reason)"))
                case .unfit(let reason): return .end(.refused("\(driver.store.label) can't hold the ring: \(reason)"))
                }
            }
        }

        /// What is written is read as every service will read it, before it is.
        private mutating func content(
            _ change: RingChange, _ document: RingDocument, now: Int64
        ) async throws(SecretError) -> StoredSecret {
            var key: RingKey?
            if change.needsKey {
                key = try await newKey(document)
                made = key
            }
            let changed = document.changed(by: change, newKey: key, now: now)
            let stored = try changed.stored()
            let readBack = try RingDocument(
                stored, algorithm: driver.algorithm, environment: driver.environment, label: driver.store.label)
            let expected = Set(changed.keys.map { "\($0.id) \($0.algorithm.rawValue) \($0.state.rawValue)" })
            guard Set(readBack.keys.map { "\($0.id) \($0.algorithm.rawValue) \($0.state.rawValue)" }) == expected else {
                throw SecretError(
                    code: "layout_unfit",
                    message: """
                        In the layout \(changed.layout.rawValue) services would read other keys than are meant (raw \
                        values are keys of JWT_ALGORITHM, here \(driver.algorithm.rawValue), and have no kid of their \
                        own). Use --layout jwks.
                        """)
            }
            return stored
        }

        private func newKey(_ document: RingDocument) async throws(SecretError) -> RingKey {
            if let made { return made }
            let algorithm =
                driver.newAlgorithm ?? document.keys.first { $0.state == .current }?.algorithm ?? driver.algorithm
            do throws(KeyMaterialFault) {
                var material =
                    if let newMaterial = driver.newMaterial {
                        try await fetched(newMaterial)
                    } else {
                        try KeyMaterial.generate(for: algorithm)
                    }
                // As text, so that one value may lie in either layout.
                if driver.newMaterial == nil, let secret = material.secret {
                    material = .secret(SecretBytes(utf8: secret.withUnsafeBytes { Base64URL.encode(Array($0)) }))
                }
                guard material.fits(algorithm) else {
                    throw KeyMaterialFault("the key is not one of \(algorithm.rawValue)")
                }
                return RingKey(id: .derived(from: material), algorithm: algorithm, material: material, state: .next)
            } catch {
                throw SecretError(code: "key_unfit", message: "No new key: \(error.reason).")
            }
        }

        private func fetched(
            _ material: @Sendable () async throws(SecretError) -> KeyMaterial
        ) async throws(KeyMaterialFault) -> KeyMaterial {
            do throws(SecretError) {
                return try await material()
            } catch {
                throw KeyMaterialFault(error.message)
            }
        }
    }
}
