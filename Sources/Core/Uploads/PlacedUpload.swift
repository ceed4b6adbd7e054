/// An upload with its file name in the directory of the job. No part of the name comes from the client.
package struct PlacedUpload: Sendable, Equatable {
    /// The name of the parameter, a number if there are several files, and the configured suffix: `report.2.csv`.
    let fileName: String
    let bytes: [UInt8]
}
