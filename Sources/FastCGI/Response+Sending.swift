import Core
import HTTPTypes
import Web

extension Response {
    /// The header of an answer in the form of CGI (RFC 3875, section 6).
    var head: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes += "Status: \(status.code) \(status.reasonPhrase)\r\n".utf8
        for field in headers {
            bytes += field.name.rawName.utf8
            bytes += ": ".utf8
            bytes += field.value.utf8
            bytes += "\r\n".utf8
        }
        // A web server that sends the body itself also sets its length.
        let isSentByWebServer = headers.contains(.accelRedirect) || headers.contains(.sendfile)
        if !isSentByWebServer, status != .notModified { bytes += "Content-Length: \(body.count)\r\n".utf8 }
        bytes += "\r\n".utf8
        return bytes
    }
}

/// The rest of a log that is being sent.
struct LogStream {
    let reader: LogReader
    var offset: Int64
    let end: Int64

    /// Whole records, because a record of a few bytes costs as much as a full one.
    private static let chunk = Int64(2 * RecordWriter.contentLimit)

    /// The next bytes; nil at the end. If the log was removed meanwhile, the answer ends early.
    mutating func next() -> [UInt8]? {
        guard offset < end, let bytes = try? reader.bytes(at: offset, count: Int(min(Self.chunk, end - offset))),
            !bytes.isEmpty
        else { return nil }
        offset += Int64(bytes.count)
        return bytes
    }
}
