import Core
import HTTPTypes

/// The answer to a request.
package struct Response: Sendable {
    package var status: HTTPResponse.Status
    /// The header fields in the order in which they are sent. `HTTPField` replaces control characters in a value, so a
    /// value cannot begin another field.
    package var headers: HTTPFields
    package var body: Body

    /// The content of an answer.
    package enum Body: Sendable {
        /// Bytes in memory.
        case bytes([UInt8])
        /// A part of a log. It is read while it is sent.
        case log(LogReader, offset: Int64, count: Int64)
        /// Parts that are made while they are sent. The function returns the next one, and nil after the last.
        case parts(@Sendable () throws -> [UInt8]?)

        /// Length in bytes; nil if it is not known yet.
        package var count: Int64? {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .log(_, _, let count): count
            case .parts: nil
            }
        }
    }

    package init(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer of text. `type` is its Content-Type.
    package init(_ status: HTTPResponse.Status = .ok, text: String, type: String) {
        self.init(status, headers: [.contentType: type], body: .bytes(Array(text.utf8)))
    }

    /// An answer of JSON text.
    package init(_ status: HTTPResponse.Status = .ok, json: [UInt8]) {
        self.init(status, headers: [.contentType: "application/json"], body: .bytes(json))
    }
}
