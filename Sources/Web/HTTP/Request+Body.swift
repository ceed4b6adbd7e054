import Core
import Foundation

extension Request {
    /// The body. A body whose Content-Length is above the limit is not read.
    ///
    /// - Parameter allowance: Bytes by which the body may exceed `Limits.body`.
    /// - Throws: ``HTTPError``: 413 if the body is too long, 400 if it is shorter than its Content-Length.
    func body(allowance: Int = 0) throws -> [UInt8] {
        let limit = Limits.body + allowance
        let tooLarge = HTTPError(.contentTooLarge, "The body is longer than \(limit) bytes.")
        if let length = variables["CONTENT_LENGTH"].flatMap({ Int($0) }), length > limit { throw tooLarge }
        let bytes = try readBody(limit)
        guard bytes.count <= limit else { throw tooLarge }
        if let length = variables["CONTENT_LENGTH"].flatMap({ Int($0) }), bytes.count < length {
            throw HTTPError(.badRequest, "The body is shorter than its Content-Length.")
        }
        return bytes
    }

    /// The fields of the JSON object in a body. Any other body counts as an object without fields, so the caller
    /// reports its required fields as missing.
    ///
    /// - Throws: ``HTTPError``: 400 if the body is not UTF-8 (RFC 8259, section 8.1), 413 if it has too many values.
    static func jsonFields(of bytes: [UInt8]) throws(HTTPError) -> [String: JSONValue] {
        // Text in UTF-16 or UTF-32 has zeros. The decoder would read it, but not the check of its depth.
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw HTTPError(.badRequest, "The body must be JSON in UTF-8.")
        }
        let shape = shape(of: bytes)
        guard shape.depth <= Limits.jsonDepth else { return [:] }
        guard shape.values <= Limits.jsonValues else {
            throw HTTPError(.contentTooLarge, "The body has more than \(Limits.jsonValues) values.")
        }
        guard case .object(let fields) = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            return [:]
        }
        return fields
    }

    /// The depth of the nesting of JSON text, and the number of its values at most.
    ///
    /// Decoding takes time in proportion to depth times size, so a hostile body of 35 KB could take seconds. Each value
    /// takes about 80 bytes when it is decoded, however short its text is.
    private static func shape(of json: [UInt8]) -> (depth: Int, values: Int) {
        var depth = 0
        var maxDepth = 0
        var values = 1
        var quoting = JSONQuoting()
        for byte in json {
            if quoting.isText(byte) { continue }
            switch byte {
            case UInt8(ascii: ","): values += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                values += 1
                depth += 1
                maxDepth = max(maxDepth, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return (maxDepth, values)
    }
}
