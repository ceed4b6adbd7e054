import Core
import Foundation

/// The result of `move-store` as JSON.
struct MoveReport: Encodable {
    struct Table: Encodable {
        let name: String
        let rows: Int64
        let sha256: String?
        let left_out: [String]
    }
    struct Chain: Encodable {
        let instance: String
        let entries: Int64
        let misfit: String?
    }
    /// `moved`, `planned` or `undone`.
    let state: String
    let to: String?
    var tables: [Table] = []
    var audit: [Chain] = []
    /// The keys to set; a null removes the key.
    var configuration: [String: String?]?

    init(_ undone: String?) {
        state = "undone"
        to = undone
    }

    init(_ plan: RelocateStore.Plan, to: String) {
        self.to = to
        switch plan {
        case .done: state = "moved"
        case .move(let counts):
            state = "planned"
            tables = counts.sorted { $0.key < $1.key }.map {
                Table(name: $0.key, rows: $0.value, sha256: nil, left_out: [])
            }
        }
    }

    init(_ outcome: MoveStore.Outcome?, to: String, passwordFile: String?) {
        state = "moved"
        self.to = to
        tables = (outcome?.tables ?? []).map {
            Table(name: $0.name, rows: $0.rows, sha256: $0.sha256, left_out: $0.leftOut)
        }
        audit = (outcome?.chains ?? []).map {
            Chain(instance: $0.instance, entries: $0.entries, misfit: $0.misfit?.description)
        }
        configuration = ["database": to, "database_password_file": passwordFile]
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// A text as a value of the configuration.
    static func scalar(_ text: String) -> String { YAMLText.scalar(text) }
}
