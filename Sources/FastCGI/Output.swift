import Core
import Glibc
import Web

/// What a connection still has to send: replies to the web server, and the answer.
struct Output {
    /// How a call of ``send(to:_:canSend:)`` ended.
    enum Sent {
        /// All that was there is sent. More of the answer may follow.
        case all
        /// The web server takes no more at the moment.
        case part
        /// The web server has closed the connection, or the next part of the answer cannot be made. Without its end, the
        /// web server reports the answer as broken.
        case failed
    }

    private var bytes: [UInt8] = []
    private var sent = 0
    /// The rest of a long answer, with the request that it answers.
    private var rest: (body: BodyStream, request: UInt16)?
    /// Whether the end of the answer is among the bytes.
    private var isAnswerOver = false

    var isEmpty: Bool { sent == bytes.count }
    /// Whether the answer is sent to its end.
    var isAnswerSent: Bool { isAnswerOver && isEmpty }

    /// Adds replies to records of the web server.
    mutating func append(_ replies: [UInt8]) {
        bytes += replies
    }

    /// Adds an answer.
    mutating func append(_ response: Response, to request: UInt16, isHead: Bool) {
        isAnswerOver = false
        var first = response.head
        switch response.body {
        case .bytes(let body) where !isHead: first += body
        case .log where !isHead, .parts where !isHead: rest = BodyStream(response.body).map { ($0, request) }
        default: break
        }
        RecordWriter.append(first, of: request, to: &bytes)
        if rest == nil { endAnswer(request) }
    }

    /// Whether parts of the answer are made while it is sent.
    var isLong: Bool { rest != nil }

    private mutating func endAnswer(_ request: UInt16) {
        bytes += RecordWriter.endOfAnswer(of: request)
        isAnswerOver = true
    }

    /// Sends what is there, and adds the next part of a long answer.
    ///
    /// - Parameters:
    ///   - turn: Is reduced by the bytes that were sent.
    ///   - canSend: Waits for a moment until the descriptor takes more. Returns false if it does not.
    mutating func send(to descriptor: Int32, _ turn: inout Int, canSend: () -> Bool) -> Sent {
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
                turn -= count
            } else if count < 0, errno == EINTR {
                continue
            } else {
                guard count < 0, errno == EAGAIN else { return .failed }
                guard canSend() else { return .part }
            }
        }
        bytes.removeAll(keepingCapacity: true)
        sent = 0
        guard let request = rest?.request else { return .all }
        do {
            if let next = try rest?.body.next() {
                RecordWriter.append(next, of: request, to: &bytes)
            } else {
                rest = nil
                endAnswer(request)
            }
        } catch {
            return .failed
        }
        return .all
    }
}
