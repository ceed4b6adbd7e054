import Foundation

extension Request {
    /// The body, if it is not too long. What says that it is longer is not read at all.
    ///
    /// - Throws: ``HTTPError``, 413.
    func body() throws -> [UInt8] {
        let tooLarge = HTTPError(.contentTooLarge, "The body is longer than \(Limits.body) bytes.")
        if let length = parameters["CONTENT_LENGTH"].flatMap({ Int($0) }), length > Limits.body { throw tooLarge }
        let bytes = try readBody(Limits.body)
        guard bytes.count <= Limits.body else { throw tooLarge }
        return bytes
    }

    /// The fields of a JSON object in the body; empty if it is anything else, which no required field survives.
    ///
    /// - Throws: ``HTTPError``, 413.
    func jsonFields() throws -> [String: JSONValue] {
        let bytes = try body()
        guard case .object(let fields) = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
            return [:]
        }
        return fields
    }
}
