import Core

/// The body of `POST /execute` and `POST /check`: a command, and its parameters as one line or by name.
struct ExecuteBody {
    let command: String
    let input: CommandInput
    /// The fields of the body that have a value.
    private let content: [String: JSONValue]

    private static let fields: Set = ["command", "params", "arguments", "options"]

    /// Reads the body of a request.
    ///
    /// - Parameter allowance: Bytes by which the body may exceed `Limits.body`.
    /// - Throws: ``HTTPError``: 422 if a field is missing, unknown or of the wrong type; 413 if the body is too long or has
    ///   too many values; 400 if it is not UTF-8.
    init(_ request: Request, allowance: Int) throws {
        let fields = try Request.jsonFields(of: try request.body(allowance: allowance))
        content = fields.filter { $0.value != .null }
        switch fields["command"] {
        case .text(let text) where !text.isEmpty: command = text
        case nil, .null, .text: throw HTTPError.invalid("command", "The command field is required.")
        default: throw HTTPError.invalid("command", "The command must be a string.")
        }
        if let unknown = fields.keys.filter({ !Self.fields.contains($0) }).min() {
            throw HTTPError.invalid(
                unknown, "This field is unknown. The fields are command, params, arguments and options.")
        }
        let line: String?
        switch fields["params"] {
        case .text(let text): line = text
        case nil, .null: line = nil
        default: throw HTTPError.invalid("params", "The params must be a string.")
        }
        let arguments = try Self.object("arguments", in: fields)
        let options = try Self.object("options", in: fields)
        if arguments == nil, options == nil {
            input = .line(line ?? "")
        } else {
            guard line == nil else {
                throw HTTPError.invalid("params", "Send either params, or arguments and options.")
            }
            input = .fields(arguments: arguments ?? [:], options: options ?? [:])
        }
    }

    /// The body in a form that does not depend on the order of its fields and on white space, because a client that
    /// repeats a request may write it anew.
    func canonicalBytes() throws -> [UInt8] {
        Array(try JSON.text(content).utf8)
    }

    /// A field that is an object. PHP writes an empty object as `[]`.
    private static func object(
        _ name: String, in fields: [String: JSONValue]
    ) throws(HTTPError) -> [String: JSONValue]? {
        switch fields[name] {
        case .object(let object): return object
        case .list(let list) where list.isEmpty: return [:]
        case nil, .null: return nil
        default: throw .invalid(name, "The \(name) must be an object.")
        }
    }
}
