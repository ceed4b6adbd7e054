/// What cannot be done, in a sentence for the operator.
///
/// The program was called as it should be, so its usage is not shown: the exit code is 1.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
