/// How a secret reaches the command. Never by its arguments: every user of the machine can read those.
public enum SecretPassing: Sendable, Equatable, Codable {
    /// In this variable of the command's environment, which its own user and root can read.
    case environment(String)
    /// On its standard input, as a line.
    case stdin
}
