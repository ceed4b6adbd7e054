import CFastCGI

/// Writes FastCGI records (FastCGI 1.0, section 3.3).
enum RecordWriter {
    /// Maximum content of a record that needs no padding.
    static let contentLimit = 65528

    /// Appends bytes of the answer.
    static func append(_ bytes: some Collection<UInt8>, of request: UInt16, to records: inout [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let content = rest.prefix(contentLimit)
            records += header(FCGI_STDOUT, request, content.count)
            records += content
            rest = rest.dropFirst(contentLimit)
        }
    }

    /// The records after the last bytes of an answer.
    static func endOfAnswer(of request: UInt16) -> [UInt8] {
        header(FCGI_STDOUT, request, 0) + end(request, status: FCGI_REQUEST_COMPLETE)
    }

    /// The end of a request. Its content is four bytes of the application's status, and the status of the protocol.
    static func end(_ request: UInt16, status: Int32) -> [UInt8] {
        header(FCGI_END_REQUEST, request, 8) + [0, 0, 0, 0, UInt8(truncatingIfNeeded: status), 0, 0, 0]
    }

    /// The answer to FCGI_GET_VALUES; section 4.1. A connection has one request at a time.
    static func values(asked names: [String]) -> [UInt8] {
        let content =
            names.contains(FCGI_MPXS_CONNS)
            ? [UInt8(FCGI_MPXS_CONNS.utf8.count), 1] + FCGI_MPXS_CONNS.utf8 + "0".utf8 : []
        return header(FCGI_GET_VALUES_RESULT, 0, content.count) + content
    }

    /// The answer to a management record of another type; section 4.2.
    static func unknown(_ type: Int32) -> [UInt8] {
        header(FCGI_UNKNOWN_TYPE, 0, 8) + [UInt8(truncatingIfNeeded: type), 0, 0, 0, 0, 0, 0, 0]
    }

    private static func header(_ type: Int32, _ request: UInt16, _ length: Int) -> [UInt8] {
        [
            UInt8(FCGI_VERSION_1), UInt8(truncatingIfNeeded: type), UInt8(request >> 8), UInt8(request & 0xFF),
            UInt8(length >> 8), UInt8(length & 0xFF), 0, 0,
        ]
    }
}
