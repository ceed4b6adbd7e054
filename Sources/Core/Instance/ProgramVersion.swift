/// Which remotisan this is.
public enum ProgramVersion {
    /// As the registry and the other instances show it.
    public static let current = "1.0.0"
}
