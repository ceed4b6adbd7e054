import Foundation

/// JSON text, RFC 8259.
package struct JSONType: ParameterType {
    package static let name = "json"

    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}

    package var allowedControls: AllowedControls { .lineBreaks }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        guard (try? JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)) != nil else {
            throw InvalidValueError("json", "must be JSON.")
        }
        return value
    }

    package var facts: [(name: String, value: JSONValue)] { [("multiline", .truth(true))] }
}
