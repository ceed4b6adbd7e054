/// Checks a chain, entry by entry.
package struct AuditVerification {
    private let instance: String
    private let anchors: [Int64: [AuditAnchor]]
    private var last: AuditHead?
    /// The number of the first entry, and the hash that it names, if entries before it were removed.
    private var removed: AuditHead?
    /// Whether an entry says that they were removed.
    private var isRemovalKnown: Bool
    /// The anchors that an entry names as lost, and the number of that entry.
    private var lost: [String: Int64] = [:]
    private var mismatches: [AuditAnchor] = []
    /// The number of entries that were checked.
    package private(set) var count: Int64 = 0

    /// - Parameters:
    ///   - anchors: Those of other instances are ignored.
    ///   - isPart: Whether the entries are a part of a chain, which may begin anywhere.
    package init(of instance: String, anchors: [AuditAnchor] = [], isPart: Bool = false) {
        self.instance = instance
        isRemovalKnown = isPart
        self.anchors = Dictionary(grouping: anchors.filter { $0.instance == instance }, by: \.head.number)
    }

    /// Checks the next entry.
    ///
    /// - Returns: What does not fit; nil if the entry fits. Nothing after an entry that does not fit is checked.
    package mutating func check(_ entry: AuditEntry) -> AuditMisfit? {
        count += 1
        if let last {
            guard entry.number == last.number + 1 else { return .missing(last.number + 1) }
            guard entry.hasOwnHash else { return .changed(entry.number) }
            guard entry.previous == last.hash else { return .unlinked(entry.number) }
        } else {
            guard entry.number >= 1, entry.hasOwnHash else { return .changed(entry.number) }
            if entry.number > 1 {
                removed = AuditHead(number: entry.number - 1, hash: entry.previous)
            } else if entry.previous != AuditHead.none.hash {
                return .unlinked(entry.number)
            }
        }
        last = entry.head
        if entry.event == AuditEvent.Kind.auditPurged.rawValue, let removed, entry.subject == "\(removed.number)",
            entry.details == AuditEvent.auditPurged(upTo: removed).details
        {
            isRemovalKnown = true
        }
        if entry.event == AuditEvent.Kind.auditLost.rawValue, let anchor = entry.subject { lost[anchor] = entry.number }
        mismatches += (anchors[entry.number] ?? []).filter { $0.head.hash != entry.hash }
        return nil
    }

    /// What does not fit after the last entry; nil if the chain is whole.
    package func finish() -> AuditMisfit? {
        if let removed, !isRemovalKnown { return .beginMissing(removed.number) }
        let end = last?.number ?? 0
        let missing = anchors.keys.filter { $0 > end }.flatMap { anchors[$0] ?? [] }
        let failed = (mismatches + missing).sorted { $0.head.number < $1.head.number }
        return failed.first.map { .anchor($0, end: end, lostIn: lost[$0.description]) }
    }

    /// Number of anchors that name an entry that was purged, and so cannot be checked.
    package var uncheckedAnchors: Int {
        anchors.filter { $0.key <= removed?.number ?? 0 }.reduce(0) { $0 + $1.value.count }
    }

    /// The newest entry that was checked.
    package var head: AuditHead { last ?? .none }
}

/// The first entry of a chain that does not fit.
package enum AuditMisfit: Sendable, Equatable, CustomStringConvertible {
    /// The content of an entry does not have its hash.
    case changed(Int64)
    /// An entry does not have the hash of the one before.
    case unlinked(Int64)
    /// An entry is missing, or stands at another place.
    case missing(Int64)
    /// The entries up to a number are missing, and no entry says that they were purged.
    case beginMissing(Int64)
    /// The chain is another one than the one of an anchor.
    case anchor(AuditAnchor, end: Int64, lostIn: Int64?)

    /// The number of the entry.
    package var number: Int64 {
        switch self {
        case .changed(let number), .unlinked(let number), .missing(let number): number
        case .beginMissing: 1
        case .anchor(let anchor, _, _): anchor.head.number
        }
    }

    /// A sentence for the administrator.
    package var description: String {
        switch self {
        case .changed(let number): "Entry \(number) does not fit: its content was changed, or its hash."
        case .unlinked(let number): "Entry \(number) does not fit: it does not have the hash of the entry before."
        case .missing(let number): "Entry \(number) is missing."
        case .beginMissing(let number):
            "Entries 1 to \(number) are missing, and no entry says that they were purged."
        case .anchor(let anchor, let end, let lostIn):
            (anchor.head.number > end
                ? "Entry \(anchor.head.number) is missing: the anchor \(anchor) names it, and the chain ends at \(end)."
                : "Entry \(anchor.head.number) does not fit: it has another hash than the anchor \(anchor).")
                + (lostIn.map {
                    " Entry \($0) says that the store lost it, because an earlier state of it was restored."
                } ?? "")
        }
    }
}
