// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

let strictC: [CSetting] = [
    .unsafeFlags(["-Wall", "-Wextra"]),
    .treatAllWarnings(as: .error),
]

// Static Swift programs are full of addresses to fix up at their start: packed (DT_RELR, glibc 2.36) they are 3.7 MiB
// less of memory for each process. No library calls back into the program, so it exports no symbols: 2.5 MB.
let dense: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--icf=safe",
            "-Xlinker", "--no-export-dynamic",
        ],
        .when(configuration: .release))
]

let package = Package(
    name: "remotisan",
    // One program with two names. A release has one file for both, see the Makefile.
    products: [
        .executable(name: "remotisan-fcgi", targets: ["remotisan"]),
        .executable(name: "remotisan-broker", targets: ["remotisan"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "remotisan-job", cSettings: strictC + [.headerSearchPath("../CSystem/include")]),
        .executableTarget(
            name: "remotisan-as", cSettings: strictC + [.headerSearchPath("../CSystem/include")]),
        .executableTarget(
            name: "remotisan", dependencies: ["BrokerProgram", "ResponderProgram"], swiftSettings: strict,
            linkerSettings: dense),
        .target(
            name: "ResponderProgram",
            dependencies: [
                "Assembly", "Core", "FastCGI", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/remotisan-fcgi", swiftSettings: strict),
        .target(
            name: "BrokerProgram",
            dependencies: [
                "Assembly", "Core", "Page", "Shipped",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/remotisan-broker", swiftSettings: strict),

        .target(
            name: "Core",
            dependencies: [
                "CSystem",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                "CZlib", "CZstd", "Core", "Page",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.embedInCode("OpenAPI/openapi.json")],
            swiftSettings: strict),
        .target(name: "Page", resources: [.embedInCode("assets")], swiftSettings: strict),
        .target(name: "Shipped", resources: [.embedInCode("files")], swiftSettings: strict),
        .target(
            name: "FastCGI",
            dependencies: [
                "CFastCGI", "CSystem", "Core", "Web",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "SQLiteStore",
            dependencies: [
                "CSystem", "Core", "SQLStore", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "PostgreSQLStore", dependencies: ["CPostgreSQL", "Core", "SQLStore"], swiftSettings: strict),
        .target(name: "SQLStore", dependencies: ["Core"], swiftSettings: strict),
        .target(
            name: "RedisKillList", dependencies: ["CHiredis", "Core"], swiftSettings: strict),
        .target(
            name: "MemcachedKillList", dependencies: ["CMemcached", "Core"], swiftSettings: strict),
        .target(
            name: "Assembly",
            dependencies: [
                "Core", "MemcachedKillList", "PostgreSQLStore", "RedisKillList", "SQLiteStore",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .target(name: "CSystem", cSettings: strictC),
        .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(name: "CMemcached", cSettings: strictC),
        .target(name: "CZlib", cSettings: strictC, linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CZstd", cSettings: strictC),
        .target(name: "CPostgreSQL", cSettings: strictC),

        .target(
            name: "TestSupport", dependencies: ["Assembly", "Core", .product(name: "Logging", package: "swift-log")],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "CoreTests",
            dependencies: [
                "Assembly", "Core", "SQLiteStore", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "Core", "SQLStore", "SQLiteStore", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PostgreSQLStoreTests",
            dependencies: ["Core", "PostgreSQLStore", "SQLStore", "SQLiteStore", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "KillListTests",
            dependencies: [
                "CSystem", "Core", "MemcachedKillList", "RedisKillList", "SQLiteStore", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FastCGITests", dependencies: ["CFastCGI", "Core", "FastCGI", "TestSupport", "Web"],
            swiftSettings: strict),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Core", "Page", "SQLiteStore", "TestSupport", "Web",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Assembly", "CSystem", "Core", "MemcachedKillList", "RedisKillList", "SQLiteStore", "Shipped",
                "TestSupport", "remotisan", "remotisan-as", "remotisan-job",
            ],
            swiftSettings: strict),
    ]
)
