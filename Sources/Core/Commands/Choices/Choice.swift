/// One value to choose.
public struct Choice: Sendable, Equatable, Codable {
    /// What the command gets.
    public let value: String
    /// What people read; nil: the value.
    public let label: String?

    /// Creates a choice.
    public init(_ value: String, label: String? = nil) {
        self.value = value
        self.label = label
    }
}
