import ArgumentParser

/// The options for the data folder and the configuration file.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data folder.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("A configuration file, YAML or JSON.", valueName: "file"))
    var config: String?

    var given: [Setting: String?] { [.data: data, .config: config] }
}

/// The option for the folder of backups.
struct BackupsOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of backups. Default: the configured one, or backups in the data folder.", valueName: "folder"))
    var backups: String?

    var given: [Setting: String?] { [.backups: backups] }
}
