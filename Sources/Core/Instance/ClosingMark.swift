/// The reason of an execution that a person closed because its instance was gone. Nothing else begins like it, so it is
/// also by which the instance finds the row again.
public enum ClosingMark {
    /// What every mark begins with.
    public static let beginning = "lost: instance "

    /// The mark of an instance and of who closed its executions.
    public static func reason(instance name: String, by user: String) -> String {
        "\(beginning)\(name) is gone, closed by \(user)"
    }

    /// The reason of an execution that was closed while it waited; no mark, so nobody takes it back.
    static func reasonOfWaiting(instance name: String, by user: String) -> String {
        "never started: instance \(name) is gone, closed by \(user)"
    }
}
