import HTTPTypes
import Synchronization

/// Bytes that are sent often, and their compressed forms. Each form is made once, for the first client that takes it.
struct CompressedBytes: Sendable {
    let bytes: [UInt8]
    private let forms: [ContentCoding: Form]

    /// Bytes below which a compressed answer saves no packet.
    private static let minimum = 1024

    /// - Parameter isCompressed: False in a process that answers one request.
    init(_ bytes: [UInt8], isCompressed: Bool = true) {
        self.bytes = bytes
        let codings = isCompressed && bytes.count >= Self.minimum ? ContentCoding.allCases : []
        forms = Dictionary(uniqueKeysWithValues: codings.map { ($0, Form($0)) })
    }

    /// The answer to a request, in the form that its client accepts; 304 if the client has it. Each form has an entity
    /// tag of its own (RFC 9110, section 8.8.3).
    ///
    /// - Parameter tag: The entity tag of the bytes, in its quotes.
    func response(to request: Request, tag: String, type: String, cacheControl: String) -> Response {
        let chosen = compressed(for: request)
        var headers: HTTPFields = [
            .eTag: chosen.map { Self.tag(of: $0.coding, tag) } ?? tag, .cacheControl: cacheControl,
        ]
        if !forms.isEmpty { headers[.vary] = "Accept-Encoding" }
        if request.hasCurrent(tag) || forms.keys.contains(where: { request.hasCurrent(Self.tag(of: $0, tag)) }) {
            return Response(.notModified, headers: headers)
        }
        headers[.contentType] = type
        guard let chosen else { return Response(headers: headers, body: .bytes(bytes)) }
        headers[.contentEncoding] = chosen.coding.rawValue
        return Response(headers: headers, body: .bytes(chosen.bytes))
    }

    /// The form that the client prefers; nil if it takes none.
    private func compressed(for request: Request) -> (coding: ContentCoding, bytes: [UInt8])? {
        guard !forms.isEmpty, let field = request.header(.acceptEncoding) else { return nil }
        for coding in ContentCoding.accepted(field) {
            if let made = forms[coding]?.bytes(bytes) { return (coding, made) }
        }
        return nil
    }

    private static func tag(of coding: ContentCoding, _ tag: String) -> String {
        "\(tag.dropLast())-\(coding.rawValue)\""
    }

    /// One compressed form. All copies of the bytes share it.
    private final class Form: Sendable {
        private let coding: ContentCoding
        /// The outer nil: not made yet. The inner nil: not smaller, or not available.
        private let made = Mutex<[UInt8]??>(nil)

        init(_ coding: ContentCoding) {
            self.coding = coding
        }

        func bytes(_ plain: [UInt8]) -> [UInt8]? {
            made.withLock { made in
                if let made { return made }
                let compressed = coding.compress(plain)
                made = .some(compressed)
                return compressed
            }
        }
    }
}
