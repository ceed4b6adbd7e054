import Core
import Foundation

extension Request {
    /// The body, if it is not too long. What says that it is longer is not read at all.
    ///
    /// - Parameter allowance: Bytes by which it may be longer than others.
    /// - Throws: ``HTTPError``, 413.
    func body(allowance: Int = 0) throws -> [UInt8] {
        let limit = Limits.body + allowance
        let tooLarge = HTTPError(.contentTooLarge, "The body is longer than \(limit) bytes.")
        if let length = variables["CONTENT_LENGTH"].flatMap({ Int($0) }), length > limit { throw tooLarge }
        let bytes = try readBody(limit)
        guard bytes.count <= limit else { throw tooLarge }
        if let length = variables["CONTENT_LENGTH"].flatMap({ Int($0) }), bytes.count < length {
            throw HTTPError(.badRequest, "The body ended early.")
        }
        return bytes
    }

    /// The fields of a JSON object in the body; empty if it is anything else, which no required field survives.
    ///
    /// - Throws: ``HTTPError``, 413.
    func jsonFields(allowance: Int = 0) throws -> [String: JSONValue] {
        let bytes = try body(allowance: allowance)
        guard Self.isShallow(bytes) else { return [:] }
        guard case .object(let fields) = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            return [:]
        }
        return fields
    }

    /// Whether JSON text is nested no deeper than anything of ours. Decoding costs depth times size: a body of 35 KB can
    /// be built to take seconds.
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
