/// A right that a request needs and that a principal may have.
///
/// Roles are sets of permissions. The raw values appear in errors and, later, in the API; they do not change.
package enum Permission: String, CaseIterable, Sendable {
    // MARK: Every caller

    /// Health, version, the interface and its files: no right is needed.
    case `public` = "public"
    /// What every authenticated caller may do, such as asking for its own name.
    case signedIn = "signed_in"

    // MARK: Viewers

    /// List stores and namespaces; list and read keys, entries, versions; search.
    case read = "read"
    /// List jobs, and read them with their events, failures and progress.
    case readJobs = "read_jobs"

    // MARK: Editors

    /// Write entries and annotations; import files.
    case write = "write"
    /// Delete entries.
    case delete = "delete"
    /// Export entries to files, and download those.
    case export = "export"
    /// Create jobs and the key lists that they take; retry and undo.
    case runJobs = "run_jobs"
    /// Pause, resume, cancel and delete one's own jobs.
    case controlJobs = "control_jobs"

    // MARK: Operators

    /// Control the jobs of other users.
    case controlAllJobs = "control_all_jobs"
    case approveJobs = "approve_jobs"
    /// Create, rename and delete namespaces.
    case manageNamespaces = "manage_namespaces"
    /// Set and clear the protection of a namespace.
    case protectNamespaces = "protect_namespaces"
    case manageGuardrails = "manage_guardrails"
    case manageSchedules = "manage_schedules"
    case manageSnapshots = "manage_snapshots"
    case manageWebhooks = "manage_webhooks"

    // MARK: Admins

    /// Users, API tokens and grants.
    case manageUsers = "manage_users"
    case manageSettings = "manage_settings"
    case manageBackups = "manage_backups"
    case readAudit = "read_audit"
    /// The monitor with its log lines, storage, and the usage of the gateway.
    case readMonitor = "read_monitor"
    case readMetrics = "read_metrics"
}
