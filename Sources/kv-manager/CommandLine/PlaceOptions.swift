import ArgumentParser

/// Where the data are, and what is configured.
struct PlaceOptions: ParsableArguments {
    @Option(help: "The folder of the program's data; made if it is not there.")
    var data: String?

    @Option(help: "A configuration file, YAML or JSON.")
    var config: String?
}
