/// Which remotisan this is.
package enum ProgramVersion {
    /// As the registry and the other instances show it.
    package static let current = "1.0.0"
}
