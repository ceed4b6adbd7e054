import Core
import Glibc

/// What a connection has received: the request as far as it has been read, and the bytes after it.
struct Input {
    /// How a call of ``receive(from:hasMore:)`` ended.
    enum Received {
        case bytes
        /// The web server has sent no more so far.
        case none
        /// The web server has closed the connection.
        case end
    }

    /// The current request.
    var request = RecordReader()
    /// Bytes that were received and not read yet.
    private var bytes: [UInt8] = []

    /// Large bodies arrive in parts of this size.
    private static let chunk = 64 * 1024

    var isEmpty: Bool { bytes.isEmpty }

    /// Reads the records that have arrived.
    ///
    /// - Returns: The records to send.
    mutating func read() throws(RecordError) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let used: Result<Int, RecordError> = bytes.withUnsafeBytes { bytes in
            do throws(RecordError) { return .success(try request.read(bytes)) } catch { return .failure(error) }
        }
        bytes.removeFirst(try used.get())
        return request.takeReplies()
    }

    /// Receives bytes.
    ///
    /// - Parameter hasMore: Waits for a moment until there are some. Returns false if there are none.
    mutating func receive(from descriptor: Int32, hasMore: () -> Bool) -> Received {
        while true {
            let start = bytes.count
            let got = withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 16) { buffer in
                let got = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if got > 0 { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<got])) }
                return got
            }
            if bytes.count > start { return .bytes }
            if got < 0, errno == EINTR { continue }
            guard got < 0, errno == EAGAIN else { return .end }
            guard hasMore() else { return .none }
        }
    }
}
