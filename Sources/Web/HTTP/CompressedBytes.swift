import CZlib
import HTTPTypes

/// Bytes that are sent often, and their gzip form (RFC 1952). They are compressed once, not for each answer.
struct CompressedBytes: Sendable {
    let bytes: [UInt8]
    /// Nil if the compressed form is not smaller.
    private let gzip: [UInt8]?

    /// Bytes below which a compressed answer saves no packet.
    private static let minimum = 1024

    /// - Parameter isCompressed: False in a process that answers one request.
    init(_ bytes: [UInt8], isCompressed: Bool = true) {
        self.bytes = bytes
        gzip = isCompressed && bytes.count >= Self.minimum ? Self.compress(bytes) : nil
    }

    private static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let room = gzip_bound(bytes.count)
        let compressed = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            count = gzip_compress(bytes, bytes.count, base)
        }
        return (1..<bytes.count).contains(compressed.count) ? compressed : nil
    }

    /// The answer to a request, in the form that its client accepts; 304 if the client has it. Each form has an entity
    /// tag of its own (RFC 9110, section 8.8.3).
    ///
    /// - Parameter tag: The entity tag of the bytes, in its quotes.
    func response(to request: Request, tag: String, type: String, cacheControl: String) -> Response {
        let compressedTag = "\(tag.dropLast())-gzip\""
        let isCompressed = gzip != nil && request.acceptsGzip
        var headers: HTTPFields = [.eTag: isCompressed ? compressedTag : tag, .cacheControl: cacheControl]
        if gzip != nil { headers[.vary] = "Accept-Encoding" }
        if request.hasCurrent(tag) || request.hasCurrent(compressedTag) {
            return Response(.notModified, headers: headers)
        }
        headers[.contentType] = type
        guard isCompressed, let gzip else { return Response(headers: headers, body: .bytes(bytes)) }
        headers[.contentEncoding] = "gzip"
        return Response(headers: headers, body: .bytes(gzip))
    }
}

extension Request {
    /// Whether the client takes answers in gzip form (RFC 9110, section 12.5.3).
    var acceptsGzip: Bool {
        guard let field = header(.acceptEncoding) else { return false }
        var accepts = false
        for coding in field.split(separator: ",") {
            let parts = coding.split(separator: ";").map { $0.trimmingOptionalWhitespace.lowercased() }
            guard let name = parts.first, ["gzip", "x-gzip", "*"].contains(name) else { continue }
            let isRefused = parts.dropFirst().contains { part in
                part.hasPrefix("q=") && Double(part.dropFirst(2)).map { $0 == 0 } ?? false
            }
            // A field that names gzip overrides one with an asterisk.
            if name != "*" { return !isRefused }
            accepts = !isRefused
        }
        return accepts
    }
}
