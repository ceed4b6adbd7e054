import Core

/// The body of `POST /execute` and `POST /check`: a command, and what is given with it as one line or by name.
struct ExecuteBody {
    let command: String
    let input: Input

    private static let fields: Set = ["command", "params", "arguments", "options"]

    /// Reads a request's body.
    ///
    /// - Parameter allowance: Bytes by which it may be longer than others.
    /// - Throws: ``HTTPError``: 422 for what is missing, of the wrong kind or not known.
    init(_ request: Request, allowance: Int) throws {
        let fields = try request.jsonFields(allowance: allowance)
        switch fields["command"] {
        case .text(let text) where !text.isEmpty: command = text
        case nil, .null, .text: throw HTTPError.invalid("command", "The command field is required.")
        default: throw HTTPError.invalid("command", "The command must be a string.")
        }
        if let unknown = fields.keys.filter({ !Self.fields.contains($0) }).min() {
            throw HTTPError.invalid(unknown, "The field is not known; there are command, params, arguments, options.")
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
                throw HTTPError.invalid("params", "Give either params or arguments and options.")
            }
            input = .fields(arguments: arguments ?? [:], options: options ?? [:])
        }
    }

    /// A field's object. PHP writes an empty one as `[]`.
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
