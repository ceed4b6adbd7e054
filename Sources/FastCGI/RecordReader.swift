import CFastCGI
import Core
import Web

/// Reads the records of one FastCGI request at a time (FastCGI 1.0, section 3.3).
///
/// Each length is checked before it is used, and no more is kept than the limits allow. libfcgi trusts the lengths that
/// a peer sends, and ends the process if they are absurd. So only the numbers of its `fastcgi.h` are used.
struct RecordReader {
    /// The name-value pairs of the request, as they arrived.
    private(set) var parameters: [UInt8] = []
    /// The part of the body that is kept, see ``keepBody(upTo:)``.
    private(set) var body: [UInt8] = []
    /// Whether all name-value pairs have arrived.
    private(set) var hasParameters = false
    /// Whether the whole body has arrived.
    private(set) var hasBody = false
    /// Whether the web server has given the request up.
    private(set) var isAborted = false
    /// Whether the connection stays open after the request.
    private(set) var keepsConnection = false
    /// The number of the request; nil before it begins.
    private(set) var request: UInt16?
    /// Bytes of the body that were not kept.
    private(set) var discarded = 0
    /// Records to send: answers to management records and to requests that cannot be served.
    private(set) var replies: [UInt8] = []

    private var header: [UInt8] = []
    private var type: Int32 = 0
    private var id: UInt16 = 0
    /// Length of the content of the current record.
    private var length = 0
    private var contentLeft = 0
    private var paddingLeft = 0
    /// Content of a record that is short and needed as a whole.
    private var content: [UInt8] = []
    /// Bytes of the body that are kept; nil as long as it is not known whether the body is wanted.
    private var bodyLimit: Int?

    /// Maximum bytes of a record that is not part of a stream.
    private static let contentLimit = 1024

    /// Whether everything up to here was read that may be read before it is known whether the body is wanted.
    var isWaiting: Bool { hasParameters && bodyLimit == nil }

    /// Keeps the body, and one byte more than `limit` if it is longer.
    mutating func keepBody(upTo limit: Int) {
        bodyLimit = limit + 1
    }

    /// Ignores the rest of the body.
    mutating func discardBody() {
        bodyLimit = body.count
    }

    /// Takes the records to send.
    mutating func takeReplies() -> [UInt8] {
        defer { replies = [] }
        return replies
    }

    /// Reads bytes until all are used, until ``isWaiting``, or until the request is complete.
    ///
    /// - Returns: The number of bytes that were used.
    /// - Throws: ``RecordError`` if the bytes are not FastCGI. The connection is of no more use then.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> Int {
        var position = 0
        // The padding of a record belongs to it, so it is read even if the record completes the request.
        while position < bytes.count, paddingLeft > 0 || contentLeft > 0 || !(isWaiting || hasBody) {
            let left = bytes.count - position
            if contentLeft > 0 {
                let count = min(contentLeft, left)
                take(UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
                position += count
                contentLeft -= count
                if contentLeft == 0 { try endRecord() }
            } else if paddingLeft > 0 {
                let count = min(paddingLeft, left)
                position += count
                paddingLeft -= count
            } else {
                let count = min(Int(FCGI_HEADER_LEN) - header.count, left)
                header.append(contentsOf: bytes[position..<position + count])
                position += count
                if header.count == Int(FCGI_HEADER_LEN) { try beginRecord() }
            }
        }
        return position
    }

    private mutating func beginRecord() throws(RecordError) {
        guard header[0] == UInt8(FCGI_VERSION_1) else { throw .version(header[0]) }
        type = Int32(header[1])
        id = UInt16(header[2]) << 8 | UInt16(header[3])
        length = Int(header[4]) << 8 | Int(header[5])
        contentLeft = length
        paddingLeft = Int(header[6])
        header.removeAll(keepingCapacity: true)
        content.removeAll(keepingCapacity: true)
        if !isStream, length > Self.contentLimit { throw .length(type, length) }
        if length == 0 { try endRecord() }
    }

    /// Whether the record is a part of a stream, which has any length.
    private var isStream: Bool {
        id != UInt16(FCGI_NULL_REQUEST_ID) && (type == FCGI_PARAMS || type == FCGI_STDIN || type == FCGI_DATA)
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard isStream else { return content.append(contentsOf: bytes) }
        guard id == request else { return }
        switch type {
        case FCGI_PARAMS where !hasParameters:
            // A few bytes more than the limit show that there are too many.
            let kept = min(bytes.count, max(0, Limits.variables + 1 - parameters.count))
            parameters.append(contentsOf: bytes[..<kept])
        case FCGI_STDIN:
            let kept = min(bytes.count, max(0, (bodyLimit ?? 0) - body.count))
            body.append(contentsOf: bytes[..<kept])
            discarded += bytes.count - kept
        default: break
        }
    }

    private mutating func endRecord() throws(RecordError) {
        guard id != UInt16(FCGI_NULL_REQUEST_ID) else { return answerManagement() }
        if type == FCGI_BEGIN_REQUEST { return try begin() }
        // Records of other requests are ignored; section 3.3.
        guard id == request else { return }
        switch type {
        // A record without content ends a stream; section 3.3.
        case FCGI_PARAMS where length == 0: hasParameters = true
        case FCGI_STDIN where length == 0:
            guard hasParameters else { throw .order }
            hasBody = true
        case FCGI_STDIN where !hasParameters: throw .order
        case FCGI_ABORT_REQUEST: isAborted = true
        default: break
        }
    }

    /// The content of FCGI_BEGIN_REQUEST is the role in two bytes, the flags, and five reserved bytes.
    private mutating func begin() throws(RecordError) {
        guard length == 8 else { throw .length(type, length) }
        guard request == nil else {
            guard request != id else { throw .order }
            return replies += RecordWriter.end(id, status: FCGI_CANT_MPX_CONN)
        }
        guard Int32(content[0]) << 8 | Int32(content[1]) == FCGI_RESPONDER else {
            return replies += RecordWriter.end(id, status: FCGI_UNKNOWN_ROLE)
        }
        request = id
        keepsConnection = Int32(content[2]) & FCGI_KEEP_CONN != 0
    }

    private mutating func answerManagement() {
        replies +=
            type == FCGI_GET_VALUES
            ? RecordWriter.values(asked: RequestParameters(content)?.names ?? [])
            : RecordWriter.unknown(type)
    }
}

/// Bytes that are not FastCGI.
enum RecordError: Error, Equatable, CustomStringConvertible {
    /// A record of another version of the protocol.
    case version(UInt8)
    /// A record has a length that its type cannot have.
    case length(Int32, Int)
    /// A record arrives at the wrong time: a second beginning, or a body before the parameters have ended.
    case order
    /// The lengths of the name-value pairs exceed what was sent.
    case parameters

    /// Words for the log.
    var description: String {
        switch self {
        case .version(let version): "a record has version \(version)"
        case .length(let type, let length): "a record of type \(type) has \(length) bytes"
        case .order: "a record came at the wrong time"
        case .parameters: "the CGI variables are malformed"
        }
    }
}
