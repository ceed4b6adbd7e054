/// What keeps the job of a command apart from the service.
package enum Isolation: Sendable, Equatable {
    /// Nothing. The job runs as the user of the service and may do everything that the service may do.
    case none
    /// It runs as the user of the service. Landlock, landlock(7), keeps it out of the files of the service.
    case landlock
    /// `remotisan-as` starts it as this user.
    case user(String)

    /// The user of the job; nil for that of the service.
    package var user: String? {
        if case .user(let name) = self { name } else { nil }
    }

    /// Whether no set-user-ID program works in the job (no_new_privs of prctl(2)).
    var deniesNewRights: Bool { self != .none }
}

/// The keys `isolation` and `run_as` of a section.
struct IsolationSettings: Sendable, Equatable {
    private enum Mode: String, CaseIterable { case none, landlock, user }

    private let mode: Mode?
    private let user: String?

    /// The isolation that the keys mean.
    var isolation: Isolation {
        switch mode ?? (user == nil ? .none : .user) {
        case .none: .none
        case .landlock: .landlock
        case .user: user.map { .user($0) } ?? .none
        }
    }

    /// Reads the keys.
    ///
    /// - Parameter defaults: The keys of `commands`, for a section that does not have its own; nil for `commands`.
    init(_ section: ConfigurationSection, defaults: IsolationSettings? = nil) {
        let ownMode = section.choice(
            "isolation", Dictionary(uniqueKeysWithValues: Mode.allCases.map { ($0.rawValue, $0) }))
        let ownUser = section.string("run_as")
        if let ownUser, !Self.isName(ownUser) {
            section.problem("expected the name of a user of this machine, such as deploy.", at: "run_as")
        } else if ownUser == "root" {
            section.problem("root is never allowed. Name another user.", at: "run_as")
        }
        user = ownUser ?? defaults?.user
        mode = ownMode ?? (ownUser == nil ? defaults?.mode : nil)
        if ownMode == .user, user == nil {
            section.problem("user needs the name of a user. Add run_as.", at: "isolation")
        }
        // A user of `commands` is for the commands that do not say anything else.
        if defaults != nil, let ownMode, ownMode != .user, ownUser != nil {
            section.problem("has no effect with isolation: \(ownMode.rawValue). Remove one of them.", at: "run_as")
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix("-") && text.isOfLettersAndDigits(and: "_-.$")
    }
}
