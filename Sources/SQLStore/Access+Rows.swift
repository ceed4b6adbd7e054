import Core
import Foundation

extension APIToken {
    /// The columns of `remotisan_tokens` that ``init(_:)`` reads, in its order.
    package static let columns =
        "id, name, user_identifier, roles, created_at, expires_at, super_user, last_used_at"

    /// Reads a row of ``columns``.
    package init(_ row: some ResultRow) {
        self.init(
            id: row.integer(0) ?? 0, name: row.text(1) ?? "", user: row.text(2) ?? "",
            roles: RoleList.decode(row.text(3) ?? ""), isSuperUser: row.flag(6), createdAt: row.integer(4) ?? 0,
            expiresAt: row.integer(5), lastUsedAt: row.integer(7))
    }
}

extension Refusal {
    /// The columns of `remotisan_refusals` that ``init(_:)`` reads, in its order.
    package static let columns =
        "user_identifier, command, parameters, reason, refused_at, token_id, token_name"

    /// Reads a row of ``columns``.
    package init(_ row: some ResultRow) {
        self.init(
            userIdentifier: row.text(0) ?? "", command: row.text(1) ?? "", parameters: row.text(2) ?? "",
            reason: row.text(3) ?? "", at: row.integer(4) ?? 0, token: TokenReference(row, at: 5))
    }
}

/// The roles of a token as one text: a JSON list, because the name of a role may hold any character.
package enum RoleList {
    /// The text of some roles, in alphabetical order.
    package static func encode(_ roles: Set<String>) -> String {
        let list = try? JSONEncoder().encode(roles.sorted())
        return String(decoding: list ?? Data("[]".utf8), as: UTF8.self)
    }

    /// The roles of a text. An unreadable text grants no role.
    static func decode(_ roles: String) -> Set<String> {
        (try? JSONDecoder().decode(Set<String>.self, from: Data(roles.utf8))) ?? []
    }
}
