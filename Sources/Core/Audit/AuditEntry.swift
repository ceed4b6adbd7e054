import Crypto
import Foundation

/// The end of a chain: the number of its newest entry, and the hash of that entry.
package struct AuditHead: Sendable, Equatable {
    /// 0 for a chain without entries.
    package let number: Int64
    package let hash: String

    package init(number: Int64, hash: String) {
        self.number = number
        self.hash = hash
    }

    /// The start of every chain.
    package static let none = AuditHead(number: 0, hash: String(repeating: "0", count: 64))
}

/// One entry of a chain: an event, its actor, and the hash of the entry before.
package struct AuditEntry: Sendable, Equatable, Codable {
    /// UUID of the instance whose chain it belongs to.
    package let instance: String
    /// 1 for the first entry of a chain, then without gaps.
    package let number: Int64
    /// Unix seconds.
    package let at: Int64
    package let event: String
    package let subject: String?
    package let user: String?
    package let means: String
    package let address: String?
    package let tokenID: Int64?
    /// A JSON object.
    package let details: String
    /// The hash of the entry before, in hexadecimal.
    package let previous: String
    /// The SHA-256 of this entry, in hexadecimal.
    package let hash: String

    enum CodingKeys: String, CodingKey {
        case instance, number, at, event, subject, user, means, address, details, previous, hash
        case tokenID = "token_id"
    }

    /// The entry that follows the end of a chain.
    package init(_ event: AuditEvent, by actor: AuditActor, after head: AuditHead) {
        let number = head.number + 1
        let body = Self.body(event, by: actor)
        self.init(
            instance: actor.instance, number: number, at: event.at, event: event.kind.rawValue, subject: event.subject,
            user: actor.user?.withoutNUL, means: actor.means.rawValue, address: actor.address?.withoutNUL,
            tokenID: actor.tokenID, details: event.details, previous: head.hash,
            hash: Self.hash(after: head.hash, number: number, body: body))
    }

    package init(
        instance: String, number: Int64, at: Int64, event: String, subject: String?, user: String?, means: String,
        address: String?, tokenID: Int64?, details: String, previous: String, hash: String
    ) {
        self.instance = instance
        self.number = number
        self.at = at
        self.event = event
        self.subject = subject
        self.user = user
        self.means = means
        self.address = address
        self.tokenID = tokenID
        self.details = details
        self.previous = previous
        self.hash = hash
    }

    package var head: AuditHead { AuditHead(number: number, hash: hash) }

    /// Whether the hash is that of the content.
    var hasOwnHash: Bool {
        let body = Self.body(
            instance: instance, at: at, event: event, subject: subject, user: user, means: means, address: address,
            tokenID: tokenID, details: details)
        return hash == Self.hash(after: previous, number: number, body: body)
    }
}

/// What is hashed: the hash of the entry before, and then each value as its length in bytes, `:`, its text and `,`. A
/// missing value is `-,`. So two different entries never have the same text. PostgreSQL builds the same text in SQL.
extension AuditEntry {
    /// The text of all values but the number.
    package static func body(_ event: AuditEvent, by actor: AuditActor) -> String {
        body(
            instance: actor.instance, at: event.at, event: event.kind.rawValue, subject: event.subject,
            user: actor.user?.withoutNUL, means: actor.means.rawValue, address: actor.address?.withoutNUL,
            tokenID: actor.tokenID, details: event.details)
    }

    private static func body(
        instance: String, at: Int64, event: String, subject: String?, user: String?, means: String, address: String?,
        tokenID: Int64?, details: String
    ) -> String {
        let values = [
            instance, "\(at)", event, subject, user, means, address, tokenID.map { "\($0)" }, details,
        ]
        return values.map { field($0) }.joined()
    }

    private static func field(_ value: String?) -> String {
        value.map { "\($0.utf8.count):\($0)," } ?? "-,"
    }

    private static func hash(after previous: String, number: Int64, body: String) -> String {
        SHA256.hash(data: Data((previous + field("\(number)") + body).utf8)).hexadecimal
    }
}
