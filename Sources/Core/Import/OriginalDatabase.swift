/// The rows of the original's table in a database of the application.
package struct OriginalDatabase: OriginalRows {
    private let content: any StoreContent
    private let file: String

    /// - Parameter file: Its name for messages.
    package init(_ content: any StoreContent, of file: String) {
        self.content = content
        self.file = file
    }

    package func forEach(_ body: (OriginalRow) throws -> Void) throws {
        try content.change { store in
            guard let table = try store.tables().first(where: { $0.name == "remotisan_executions" }) else {
                throw ImportError.unusable(
                    file: file, reason: "it has no table remotisan_executions. Name the application's database.")
            }
            let names = table.columns.map(\.name)
            try store.forEachRow(of: table) { row in
                let values = Dictionary(zip(names, row)) { first, _ in first }
                try body(OriginalRow(place: "row \(values["id"]?.text ?? "")", values: values))
            }
        }
    }
}
