import Logging

/// One connection that listens to channels for the whole process. Belongs to the poller's thread.
///
/// News that came while it was away are lost; so everybody is woken when it is back, and looks.
final class PostgreSQLListener {
    private static let firstPause = Duration.milliseconds(200)
    private static let longestPause = Duration.seconds(5)

    private let address: PostgreSQLAddress
    private unowned let poller: PostgreSQLPoller
    private let hub: NotificationHub
    private let logger: Logger
    private var wanted: Set<String> = []
    private var listening: Set<String> = []
    private var pause = firstPause
    private var nextID: UInt64 = 0
    private var isOpening = false
    private var isClosed = false
    private(set) var link: PostgreSQLLink?
    private(set) var retryAt: Tick?

    init(address: PostgreSQLAddress, poller: PostgreSQLPoller, hub: NotificationHub, logger: Logger) {
        self.address = address
        self.poller = poller
        self.hub = hub
        self.logger = logger
    }

    func listen(_ channel: String) {
        guard !isClosed, wanted.insert(channel).inserted else { return }
        if link == nil, !isOpening, retryAt == nil { open() } else { subscribe() }
    }

    func close() {
        isClosed = true
        link = nil
        retryAt = nil
    }

    func tick(now: Tick) {
        if let retryAt, retryAt <= now {
            self.retryAt = nil
            open()
        }
        guard let link else { return }
        if link.isDead { return lost("the connection was lost") }
        let channels = link.takeNotifications()
        if !channels.isEmpty { hub.tell(channels) }
    }

    private func open() {
        isOpening = true
        guard !address.isSocket else { return connect(.success([])) }
        let poller = poller
        HostResolver.resolve(address.host) { found in poller.submit { $0.listener.connect(found) } }
    }

    private func connect(_ found: Result<[String], StorageError>) {
        guard !isClosed else { return }
        guard case .success(let addresses) = found else { return lost("the host is not found") }
        link = PostgreSQLLink(
            id: 0, parameters: address.parameters(addresses: addresses), preparedLimit: 0,
            connectDeadline: PostgreSQLPoller.now() + address.limits.connect.ticks
        ) { [unowned self] failure in
            if let failure { return lost(failure.reason) }
            isOpening = false
            subscribe()
        }
        if link == nil { lost("no memory for a connection") }
    }

    /// One statement at a time; each that succeeds looks for the next.
    private func subscribe() {
        guard let link, link.isReady, let channel = wanted.subtracting(listening).min() else { return }
        nextID += 1
        // A channel can't be an argument; its letters were checked (StorageError.checkChannel).
        link.start(
            PostgreSQLOperation(
                id: nextID, sql: "LISTEN \(channel)", arguments: .none, isPrepared: false,
                deadline: PostgreSQLPoller.now() + address.limits.connect.ticks
            ) { [unowned self] result in
                guard case .success = result else { return }
                listening.insert(channel)
                pause = Self.firstPause
                hub.tell([channel])
                subscribe()
            })
    }

    private func lost(_ reason: String) {
        isOpening = false
        link = nil
        listening = []
        guard !isClosed else { return }
        logger.warning(
            "the database's notifications are not heard; tried again", metadata: ["cause": "\(reason)"])
        retryAt = PostgreSQLPoller.now() + pause.ticks
        pause = min(pause * 2, Self.longestPause)
    }
}
