import HTTP1
import NIOCore

/// How the readers of our own go through what they are given: step by step, and to the first fault.
protocol PartReader {
    /// For the reader of what was accepted, and for that of what would be forwarded.
    var unread: ByteBuffer { get set }
    var unreadChunks: ByteBuffer { get set }
    /// Nothing behind it is looked at.
    var isDone: Bool { get set }
    var reading: Reading { get set }

    /// The next head, or part of a body.
    /// - Returns: false when more bytes are needed.
    mutating func readPart() throws -> Bool
}

extension PartReader {
    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        unread.writeBytes(bytes)
        unreadChunks.writeBytes(bytes)
        while !isDone {
            do {
                guard try readPart() else { return }
            } catch let fault as HeadFault {
                stop(fault.rawValue)
            } catch let fault as BodyFault {
                stop(fault.code)
            } catch {
                stop("unknown")
            }
        }
    }

    private mutating func stop(_ fault: String) {
        reading.fault = fault
        isDone = true
    }
}
