import Core

/// Parameters by name in the original's shape; none at all are an empty list, as PHP writes it.
///
/// They stand in their own order: the page's form gives arguments by their place, so another order would be another
/// command. Of a parameter whose values are checked the entry says how, in fields of ours.
struct ParameterEntries {
    private let parameters: [Parameter]

    init(_ parameters: [Parameter]) {
        self.parameters = parameters
    }

    /// The object as JSON text.
    func json() throws -> String {
        guard !parameters.isEmpty else { return "[]" }
        return JSON.object(try parameters.map { ($0.name, try JSON.text(Entry($0))) })
    }

    /// One that is nil is left out.
    private struct Entry: Encodable {
        let description: String
        /// Only options have it.
        let accept_Value: Bool?
        let `default`: JSONValue
        let is_required: Bool
        let is_array: Bool
        var type: String?
        var choices: [String]?
        /// What people read, beside each choice; left out where that is the choice itself everywhere.
        var choice_labels: [String]?
        /// True where a program says what there is to choose and has not answered yet.
        var choices_pending: Bool?
        var min: Double?
        var max: Double?
        var pattern: String?
        var max_length: Int?
        var multiline: Bool?
        var max_bytes: Int?
        var suffix: String?

        init(_ parameter: Parameter) {
            description = parameter.description
            accept_Value = parameter.kind == .argument ? nil : parameter.kind == .option
            `default` = parameter.fallback
            is_required = parameter.isRequired
            is_array = parameter.isRepeated
            guard parameter.kind != .flag else { return }
            switch parameter.type {
            case .any: break
            case .text(let pattern, let length, let isMultiline):
                (type, self.pattern, max_length, multiline) = ("text", pattern, length, isMultiline ? true : nil)
            case .integer(let min, let max):
                (type, self.min, self.max) = ("integer", min.map { Double($0) }, max.map { Double($0) })
            case .decimal(let min, let max): (type, self.min, self.max) = ("decimal", min, max)
            case .choice(let choices): (type, self.choices) = ("choice", choices)
            case .listed(_, let listed):
                type = "choice"
                choices = (listed ?? []).map(\.value)
                choices_pending = listed == nil ? true : nil
                if let listed, listed.contains(where: { $0.label != nil }) {
                    choice_labels = listed.map { $0.label ?? $0.value }
                }
            case .date: type = "date"
            case .time: type = "time"
            // Not where: that is the server's own affair.
            case .path: type = "path"
            case .email: type = "email"
            case .host: type = "host"
            case .json: (type, multiline) = ("json", true)
            case .file(let maxBytes, let suffix): (type, max_bytes, self.suffix) = ("file", maxBytes, suffix)
            // Not how it is passed on.
            case .secret(_, let isMultiline): (type, multiline) = ("secret", isMultiline ? true : nil)
            }
        }
    }
}
