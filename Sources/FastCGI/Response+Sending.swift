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
        if !isSentByWebServer, status != .notModified, let length = body.count {
            bytes += "Content-Length: \(length)\r\n".utf8
        }
        bytes += "\r\n".utf8
        return bytes
    }
}

/// The rest of a body that is being sent.
struct BodyStream {
    private enum Source {
        case log(LogReader, offset: Int64, end: Int64)
        case parts(() throws -> [UInt8]?)
    }

    private var source: Source

    /// Whole records, because a record of a few bytes costs as much as a full one.
    private static let chunk = Int64(2 * RecordWriter.contentLimit)

    /// Nil if the body is in memory.
    init?(_ body: Response.Body) {
        switch body {
        case .bytes: return nil
        case .log(let reader, let offset, let count):
            source = .log(reader, offset: offset, end: offset + count)
        case .parts(let next): source = .parts(next)
        }
    }

    /// The next bytes; nil at the end. If the log was removed meanwhile, the answer ends early.
    ///
    /// - Throws: The error of the part that could not be made.
    mutating func next() throws -> [UInt8]? {
        switch source {
        case .parts(let next): return try next()
        case .log(let reader, let offset, let end):
            guard offset < end, let bytes = try? reader.bytes(at: offset, count: Int(min(Self.chunk, end - offset))),
                !bytes.isEmpty
            else { return nil }
            source = .log(reader, offset: offset + Int64(bytes.count), end: end)
            return bytes
        }
    }
}
