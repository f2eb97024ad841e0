import ArgumentParser

/// Where the data are, and what is configured.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the program's data.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("A configuration file, YAML or JSON.", valueName: "file"))
    var config: String?

    var given: [Setting: String?] { [.data: data, .config: config] }
}

/// Where backups lie.
struct BackupsOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of backups; else the one that is set, or backups within the data folder.", valueName: "folder"))
    var backups: String?

    var given: [Setting: String?] { [.backups: backups] }
}
