/// An attempt to run something that was refused: audited as well.
package struct Refusal: Sendable, Equatable {
    /// Who tried.
    package let userIdentifier: String
    /// What they named, cut to a length that no one can fill the disk with.
    package let command: String
    /// What they gave with it, cut likewise.
    package let parameters: String
    /// Why not.
    package let reason: String
    /// Unix seconds.
    package let at: Int64

    /// Creates a refusal. Texts are cut to 255 and 1,000 Unicode characters; what Swift calls one has no limit.
    package init(userIdentifier: String, command: String, parameters: String, reason: String, at: Int64) {
        self.userIdentifier = userIdentifier
        self.command = command.kept(255)
        self.parameters = parameters.kept(1000)
        self.reason = reason.kept(1000)
        self.at = at
    }
}

extension String {
    /// The first scalars; what no store can hold (PostgreSQL has no NUL in its text) is marked as unreadable.
    fileprivate func kept(_ count: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(count) { result.append(scalar == "\0" ? "\u{FFFD}" : scalar) }
        return String(result)
    }
}
