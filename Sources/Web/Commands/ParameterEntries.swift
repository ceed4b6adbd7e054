import Core

/// Parameters by name, in the form of the original's `GET /commands`. The members after `is_array` are ours.
///
/// The members keep the order of the parameters, because the page passes arguments by position.
struct ParameterEntries {
    private let parameters: [Parameter]

    init(_ parameters: [Parameter]) {
        self.parameters = parameters
    }

    /// The parameters as a JSON object. No parameters are an empty list, as PHP writes an empty object.
    func json() throws -> String {
        guard !parameters.isEmpty else { return "[]" }
        return JSON.object(try parameters.map { ($0.name, try entry($0)) })
    }

    private func entry(_ parameter: Parameter) throws -> String {
        var members: [(name: String, value: JSONValue)] = [("description", .text(parameter.description))]
        // Only options have this member.
        if parameter.kind != .argument { members.append(("accept_Value", .truth(parameter.kind == .option))) }
        members += [
            ("default", parameter.fallback), ("is_required", .truth(parameter.isRequired)),
            ("is_array", .truth(parameter.isRepeated)),
        ]
        if parameter.kind != .flag, !(parameter.type is AnyType) {
            members.append(("type", .text(Swift.type(of: parameter.type).name)))
            members += parameter.type.facts
        }
        return JSON.object(try members.map { ($0.name, try JSON.text($0.value)) })
    }
}
