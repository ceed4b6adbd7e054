import Core
import Web

/// Writes an answer in the form of CGI (RFC 3875, section 6).
struct ResponseWriter {
    /// Bytes of a log that are read and sent at a time.
    private static let chunk = 64 * 1024

    /// Sends bytes; false when nobody takes them any more.
    let send: ([UInt8]) -> Bool

    /// Writes head and body; of an answer to HEAD only the head.
    func write(_ response: Response, isHead: Bool) {
        var head = "Status: \(response.status.rawValue) \(response.status.reason)\r\n"
        for (name, value) in response.headers {
            head += "\(name): \(Self.oneLine(value))\r\n"
        }
        // A web server that sends the body itself counts it itself.
        let isHandedOver = response.headers.contains { $0.name == "X-Accel-Redirect" || $0.name == "X-Sendfile" }
        if !isHandedOver, response.status != .notModified { head += "Content-Length: \(response.body.count)\r\n" }
        head += "\r\n"
        var first = Array(head.utf8)
        switch response.body {
        case .bytes(let bytes):
            if !isHead { first += bytes }
            _ = send(first)
        case .log(let reader, let offset, let count):
            guard send(first), !isHead else { return }
            writeLog(reader, offset, count)
        }
    }

    /// A newline in a value would begin a field of somebody else's choice.
    private static func oneLine(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
        return String(decoding: value.utf8.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    }

    private func writeLog(_ reader: LogReader, _ offset: Int64, _ count: Int64) {
        var offset = offset
        let end = offset + count
        while offset < end {
            // Removed meanwhile: the length was announced, so all that is left is to end the answer early.
            guard let bytes = try? reader.bytes(at: offset, count: Int(min(Int64(Self.chunk), end - offset))),
                !bytes.isEmpty, send(bytes)
            else { return }
            offset += Int64(bytes.count)
        }
    }
}
