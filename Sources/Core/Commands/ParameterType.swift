/// What the values of a parameter must be.
public enum ParameterType: Sendable, Equatable, Codable {
    /// Anything.
    case text
}
