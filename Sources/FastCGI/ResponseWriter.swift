import Core
import HTTPTypes
import Web

/// Writes an answer in the form of CGI (RFC 3875, section 6).
struct ResponseWriter {
    /// Bytes of a log that are read and sent at a time.
    private static let chunk = 64 * 1024

    /// Sends bytes. Returns false if the web server has closed the connection.
    let send: ([UInt8]) -> Bool

    /// Writes the header fields and the body. An answer to HEAD has no body.
    func write(_ response: Response, isHead: Bool) {
        var bytes = head(of: response)
        switch response.body {
        case .bytes(let body):
            if !isHead { bytes += body }
            _ = send(bytes)
        case .log(let reader, let offset, let count):
            guard send(bytes), !isHead else { return }
            writeLog(reader, from: offset, to: offset + count)
        }
    }

    private func head(of response: Response) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        bytes += "Status: \(response.status.code) \(response.status.reasonPhrase)\r\n".utf8
        for field in response.headers {
            bytes += field.name.rawName.utf8
            bytes += ": ".utf8
            bytes += field.value.utf8
            bytes += "\r\n".utf8
        }
        // A web server that sends the body itself also sets its length.
        let isSentByWebServer = response.headers.contains(.accelRedirect) || response.headers.contains(.sendfile)
        if !isSentByWebServer, response.status != .notModified {
            bytes += "Content-Length: \(response.body.count)\r\n".utf8
        }
        bytes += "\r\n".utf8
        return bytes
    }

    private func writeLog(_ reader: LogReader, from start: Int64, to end: Int64) {
        var offset = start
        while offset < end {
            // If the log was removed meanwhile, the answer ends early. Its length has already been sent.
            guard let bytes = try? reader.bytes(at: offset, count: Int(min(Int64(Self.chunk), end - offset))),
                !bytes.isEmpty, send(bytes)
            else { return }
            offset += Int64(bytes.count)
        }
    }
}
