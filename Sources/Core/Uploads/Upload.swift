import Foundation

/// A file that a person uploads with a command.
package struct Upload: Sendable, Equatable {
    /// The client's file name, sanitized. It is only for the history, and never part of a path.
    let clientName: String
    let bytes: [UInt8]

    /// Parses `{"name": "orders.csv", "base64": "…"}`; nil for anything else.
    init?(_ value: JSONValue) {
        guard case .object(let fields) = value, fields.count == 2, case .text(let name)? = fields["name"],
            case .text(let text)? = fields["base64"], let content = Data(base64Encoded: text)
        else { return nil }
        // Never empty, because the name stands for the file in the line of parameters.
        let scalars = (name.isEmpty ? "file" : name).sanitized.unicodeScalars
        // The end of the name shows the type of the file.
        clientName =
            scalars.count <= 100 ? String(scalars) : String(scalars.prefix(80)) + "…" + String(scalars.suffix(19))
        bytes = Array(content)
    }
}

/// An upload with its file name in the directory of the job. No part of the name comes from the client.
package struct PlacedUpload: Sendable, Equatable {
    /// The name of the parameter, a number if there are several files, and the configured suffix: `report.2.csv`.
    let fileName: String
    let bytes: [UInt8]
}
