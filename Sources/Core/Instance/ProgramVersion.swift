import CSystem

/// The version of the programs. It is defined once, in `CSystem/include/version.h`, which the supervisor uses too.
package enum ProgramVersion {
    /// As `--version` prints it and other instances show it.
    package static let current = REMOTISAN_VERSION
}
