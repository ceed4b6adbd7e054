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
    static func jsonFields(of bytes: [UInt8]) -> [String: JSONValue] {
        guard Self.isShallow(bytes) else { return [:] }
        guard case .object(let fields) = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            return [:]
        }
        return fields
    }

    /// Whether the nesting of JSON text is at most 8 levels deep. No valid request is deeper. Decoding takes time in
    /// proportion to depth times size, so a hostile body of 35 KB could take seconds.
    private static func isShallow(_ json: [UInt8]) -> Bool {
        var depth = 0
        var isInText = false
        var isEscaped = false
        for byte in json {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > 8 { return false }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return true
    }
}
