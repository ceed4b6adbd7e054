import Core

/// An answer.
package struct Response: Sendable {
    /// Status.
    package var status: HTTPStatus
    /// Header fields in their order.
    package var headers: [(name: String, value: String)]
    /// What follows them.
    package var body: Body

    /// The content of an answer.
    package enum Body: Sendable {
        /// Bytes at hand.
        case bytes([UInt8])
        /// A part of a log, read while it is sent.
        case log(LogReader, offset: Int64, count: Int64)

        /// Length in bytes.
        package var count: Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .log(_, _, let count): count
            }
        }
    }

    /// Creates an answer.
    package init(_ status: HTTPStatus = .ok, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer of text.
    package init(_ status: HTTPStatus = .ok, text: String, type: String) {
        self.init(status, headers: [("Content-Type", type)], body: .bytes(Array(text.utf8)))
    }

    /// The first value of a header field.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
