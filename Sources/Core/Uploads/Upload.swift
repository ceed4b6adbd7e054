import Foundation

/// A file that a person gives with a command.
package struct Upload: Sendable, Equatable {
    /// What it was called where it came from, made sanitized: for the audit alone, never for a path.
    let clientName: String
    /// Its content.
    let bytes: [UInt8]

    /// Reads `{"name": "orders.csv", "base64": "…"}`; nil if it is anything else.
    init?(_ value: JSONValue) {
        guard case .object(let fields) = value, fields.count == 2, case .text(let name)? = fields["name"],
            case .text(let text)? = fields["base64"], let content = Data(base64Encoded: text)
        else { return nil }
        // Never empty: a word of the line stands for it.
        let scalars = (name.isEmpty ? "file" : name).sanitized.unicodeScalars
        // Its end says what kind of file it is.
        clientName =
            scalars.count <= 100 ? String(scalars) : String(scalars.prefix(80)) + "…" + String(scalars.suffix(19))
        bytes = Array(content)
    }
}
