import Core

/// A chain of the audit that was checked.
struct CheckedChain {
    /// The UUID of its instance.
    let name: String
    let verification: AuditVerification
    /// The first entry that does not fit; nil if all do.
    let misfit: AuditMisfit?

    /// What was found, in words.
    var lines: [String] {
        let name = name.sanitized
        let unchecked = verification.uncheckedAnchors
        let head = verification.head
        return (unchecked > 0 ? ["\(name): \(counted(unchecked, "anchor")) of purged entries not checked."] : [])
            + [
                misfit.map { "\(name): \($0.description.sanitized)" }
                    ?? "\(name): \(verification.count) entries fit, the last is \(head.number):\(head.hash.sanitized)."
            ]
    }

    /// The same for programs.
    var record: JSONRecord {
        let head = verification.head
        return [
            "instance": name, "fits": misfit == nil, "entries": verification.count,
            "last_number": misfit == nil ? head.number : nil, "last_hash": misfit == nil ? head.hash : nil,
            "unchecked_anchors": verification.uncheckedAnchors, "misfit": misfit?.description,
        ]
    }
}
