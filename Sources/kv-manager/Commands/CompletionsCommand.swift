import ArgumentParser

enum ShellChoice: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
}

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a script by which a shell completes the commands.",
        discussion: """
            Examples:
              kv-manager completions bash > ~/.local/share/bash-completion/completions/kv-manager
              kv-manager completions zsh > ~/.zsh/completions/_kv-manager
              kv-manager completions fish > ~/.config/fish/completions/kv-manager.fish
            """)

    @Argument(help: "The shell.") var shell: ShellChoice

    func run() {
        switch shell {
        case .bash: print(KVManager.completionScript(for: .bash))
        case .zsh: print(KVManager.completionScript(for: .zsh))
        case .fish: print(KVManager.completionScript(for: .fish))
        }
    }
}
