import HTTPKit
import Logging
import NIOCore
import NIOSSL

/// What a connection goes through before the client handler takes it, on one event loop: PROXY header, then TLS, then
/// HTTP/1.1 or HTTP/2 as agreed on. Without any of these a connection costs nothing more than before.
final class FrontDesk {
    enum Listener: Sendable { case network, unix }

    /// Closes a connection that was just accepted.
    enum Refusal: Error { case full, draining, untrustedProxy, tooManyOfClient }

    /// The other end's name where it came by GW_LISTEN_UNIX.
    static let unixPeer = TrustedProxies.unixPeer

    let loop: GatewayLoop
    private let settings: FrontSettings
    private let certificates: ServedCertificates?
    /// Nil without a bound.
    private let clients: ClientConnections?
    private var tooMany = BoundedWarning()
    let logger: Logger
    /// Of those that go through here, until they are closed: streams count as clients, and these bound what carries them.
    private var sockets = 0
    private var arrivals: [ObjectIdentifier: Arrival] = [:]
    private var http2: [ObjectIdentifier: HTTP2Connection] = [:]
    private var isDraining = false
    private var onEmpty: (() -> Void)?

    init(
        loop: GatewayLoop, settings: FrontSettings, certificates: ServedCertificates?, clients: ClientConnections?,
        logger: Logger
    ) {
        self.clients = clients
        self.loop = loop
        self.settings = settings
        self.certificates = certificates
        self.logger = logger
    }

    /// For a channel that is not active yet.
    /// - Throws: when it is to be closed unheard.
    func accept(_ channel: any Channel, from listener: Listener) throws {
        let peer =
            switch listener {
            case .network: channel.remoteAddress?.ipAddress ?? "unknown"
            case .unix: Self.unixPeer
            }
        // Who comes by a file of this machine is not asked for TLS.
        let certificates = listener == .network ? certificates : nil
        guard settings.proxyProtocol || certificates != nil else {
            guard admits(channel, peer) else { return try ClientPipeline.refuse(channel, loop: loop) }
            return try ClientPipeline.configure(channel, loop: loop, peer: peer)
        }
        guard !isDraining else { throw Refusal.draining }
        // A 503 before the handshake could not be read.
        guard sockets < loop.settings.maximumConnections else {
            loop.metrics.connectionRefused(.all)
            throw Refusal.full
        }
        if settings.proxyProtocol, !loop.settings.trustedProxies.trusts(peer) {
            logger.info(
                "connection closed: it needs a PROXY header, and is not from one of TRUSTED_PROXIES",
                metadata: ["peer": "\(peer)"])
            throw Refusal.untrustedProxy
        }
        // With a PROXY header the client is known behind it.
        guard settings.proxyProtocol || admits(channel, peer) else { throw Refusal.tooManyOfClient }
        let arrival = arrive(channel, peer: peer)
        if settings.proxyProtocol {
            try expectProxyHeader(arrival, peer: peer, certificates)
        } else {
            try secure(arrival, ClientOrigin(peer: peer, proto: "http"), certificates)
        }
    }

    /// Proxies that are trusted carry the connections of many clients, and who comes by a file of this machine has no address.
    private func admits(_ channel: any Channel, _ address: String) -> Bool {
        guard let clients, address != Self.unixPeer, !loop.settings.trustedProxies.trusts(address) else { return true }
        guard clients.enter(address) else {
            loop.metrics.connectionRefused(.client)
            if let held = tooMany.due(now: loop.eventLoop.now) {
                logger.warning(
                    "connection refused: one client has too many",
                    metadata: ["client": "\(address)", "since_last": "\(held)"])
            }
            return false
        }
        channel.closeFuture.whenComplete { _ in clients.leave(address) }
        return true
    }

    /// Who stands at the other end, and how it came.
    struct ClientOrigin {
        var peer: String
        /// What `X-Forwarded-Proto` will say.
        var proto: String
    }

    private func arrive(_ channel: any Channel, peer: String) -> Arrival {
        let arrival = Arrival(channel: channel, deadline: loop.eventLoop.now + loop.settings.timeouts.head) {
            [logger] in
            logger.info("connection closed: no handshake in time", metadata: ["peer": "\(peer)"])
        }
        sockets += 1
        arrivals[ObjectIdentifier(channel)] = arrival
        loop.deadlines.add(arrival)
        let place = NIOLoopBound((desk: self, arrival: arrival), eventLoop: loop.eventLoop)
        channel.closeFuture.whenComplete { _ in
            place.value.desk.sockets -= 1
            place.value.desk.settled(place.value.arrival)
        }
        return arrival
    }

    /// It is a client's connection now, or closed.
    private func settled(_ arrival: Arrival) {
        guard arrivals.removeValue(forKey: ObjectIdentifier(arrival.channel)) != nil else { return }
        loop.deadlines.remove(arrival)
        checkEmpty()
    }

    // MARK: one after the other

    private func expectProxyHeader(
        _ arrival: Arrival, peer: String, _ certificates: ServedCertificates?
    ) throws {
        let handler = ProxyHeaderHandler { [self] header in
            let origin =
                switch header.source {
                case .client(let address): ClientOrigin(peer: address, proto: header.isTLS ? "https" : "http")
                case .unknown: ClientOrigin(peer: "unknown", proto: header.isTLS ? "https" : "http")
                case .proxy: ClientOrigin(peer: peer, proto: "http")
                }
            if case .client(let address) = header.source, !admits(arrival.channel, address) {
                guard certificates == nil else { throw Refusal.tooManyOfClient }
                settled(arrival)
                return try ClientPipeline.refuse(arrival.channel, loop: loop)
            }
            try secure(arrival, origin, certificates)
        } failed: { [logger] fault in
            logger.info(
                "connection closed: no PROXY header that can be read",
                metadata: ["peer": "\(peer)", "reason": "\(fault.rawValue)"])
        }
        try arrival.channel.pipeline.syncOperations.addHandler(handler)
    }

    private func secure(_ arrival: Arrival, _ origin: ClientOrigin, _ certificates: ServedCertificates?) throws {
        let channel = arrival.channel
        guard let certificates else {
            settled(arrival)
            return try ClientPipeline.configure(channel, loop: loop, peer: origin.peer, proto: origin.proto)
        }
        let tls = NIOSSLServerHandler(context: certificates.context)
        let negotiation = ProtocolNegotiation { [self] name in
            settled(arrival)
            try serve(channel, name, tls, ClientOrigin(peer: origin.peer, proto: "https"))
        } failed: { [logger] error in
            logger.debug(
                "TLS handshake failed", metadata: ["peer": "\(origin.peer)", "reason": "\(error)"])
        }
        try channel.pipeline.syncOperations.addHandlers([tls, negotiation])
    }

    /// A client that names no protocol speaks HTTP/1.1.
    private func serve(
        _ channel: any Channel, _ name: String?, _ tls: NIOSSLServerHandler, _ origin: ClientOrigin
    ) throws {
        guard !isDraining else { throw Refusal.draining }
        switch name {
        case "h2":
            try HTTP2Pipeline.configure(channel, desk: self, origin: origin)
        default:
            try channel.pipeline.syncOperations.addHandler(AbruptClose(tls: tls))
            try ClientPipeline.configure(channel, loop: loop, peer: origin.peer, proto: origin.proto)
        }
    }

    // MARK: HTTP/2 connections

    func opened(_ connection: HTTP2Connection) {
        http2[ObjectIdentifier(connection)] = connection
        loop.deadlines.add(connection)
    }

    func closed(_ connection: HTTP2Connection) {
        http2.removeValue(forKey: ObjectIdentifier(connection))
        loop.deadlines.remove(connection)
        checkEmpty()
    }

    // MARK: the end

    /// Handshakes are given up, HTTP/2 clients told to go elsewhere; `done` is called when the last has gone. The streams
    /// that are open are the loop's clients, and drain with them.
    func drain(_ done: @escaping () -> Void) {
        isDraining = true
        onEmpty = done
        for arrival in Array(arrivals.values) { arrival.channel.close(promise: nil) }
        for connection in Array(http2.values) { connection.drain() }
        checkEmpty()
    }

    /// The drain deadline has passed.
    func closeAll() {
        for connection in Array(http2.values) { connection.cut() }
    }

    private func checkEmpty() {
        guard isDraining, arrivals.isEmpty, http2.isEmpty, let onEmpty else { return }
        self.onEmpty = nil
        onEmpty()
    }
}

/// The desks by event loop; immutable, so that every thread may look.
struct FrontDesks: Sendable {
    private let byLoop: [ObjectIdentifier: NIOLoopBound<FrontDesk>]

    init(_ all: [NIOLoopBound<FrontDesk>]) {
        byLoop = Dictionary(uniqueKeysWithValues: all.map { (ObjectIdentifier($0.eventLoop), $0) })
    }

    func of(_ eventLoop: any EventLoop) -> NIOLoopBound<FrontDesk>? { byLoop[ObjectIdentifier(eventLoop)] }
}
