"""What each picture shows: functions that bring the page there, named like the picture.

The README's picture, Docs/screenshot.png, is job-dialog-light.
"""


def namespaces(p):
    p.open("/")


def namespace_menu(p):
    p.open("/")
    p.browser.js("document.querySelector('tbody [data-testid=more]').click()")


def new_namespace(p):
    p.open("/")
    p.click("new-namespace")
    p.browser.until("document.querySelector('dialog[open]')")


def keys(p):
    p.keys(p.filled.settings)


def keys_of_a_large_namespace(p):
    p.keys(p.filled.sessions)


def keys_under_a_prefix(p):
    p.keys(p.filled.settings, "?prefix=web%2F")


def keys_selected(p):
    keys_of_a_large_namespace(p)
    p.choose(4)


def entry(p):
    p.entry(p.filled.settings, "web/banner")


def entry_with_invalid_json(p):
    p.entry(p.filled.settings, "checkout/production/limits")
    p.fill("value", '{\n  "requestsPerMinute": 600,\n  "burst": fifty\n}')


def entry_as_a_tree(p):
    entry(p)
    p.click("mode-tree")
    p.browser.until("document.querySelector('kv-json-tree summary')")


def palette(p):
    keys(p)
    p.browser.js("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))")
    p.browser.until("document.querySelector('dialog[open] li')")


def list_of_keys(p):
    keys(p)
    p.browser.js("document.querySelector('[data-testid=key-list-open]').click()")
    p.browser.until("document.querySelector('dialog[open]')")


def entry_that_is_not_there(p):
    p.keys(p.filled.settings, "/k/web%2Fnothing")


def new_key(p):
    keys(p)
    p.click("new-key")
    p.browser.until("document.querySelector('kv-entry [data-testid=entry-name]')")


def protected(p):
    p.keys(p.filled.archive)


def empty_namespace(p):
    p.keys(p.filled.empty)


def no_such_prefix(p):
    p.keys(p.filled.settings, "?prefix=nobody%3A")


def bulk_delete(p):
    keys_selected(p)
    p.click("bulk-delete")
    planned(p)


def bulk_copy(p):
    keys_selected(p)
    p.click("bulk-copy")
    planned(p)


def planned(p):
    p.browser.until("document.querySelector('dialog[open] [data-testid=plan]:not([aria-busy])')")


def import_dialog(p):
    keys(p)
    p.click("import")
    p.browser.until("document.querySelector('dialog[open]')")


def export_dialog(p):
    keys(p)
    p.click("export")
    planned(p)


def dock(p):
    follow(p, p.filled.running)
    keys(p)
    p.browser.until("document.querySelector('[data-testid=dock-job]')")
    p.browser.js("sessionStorage.clear()")


def follow(p, job):
    p.open("/")
    p.browser.js("sessionStorage.setItem('followed-jobs', arguments[0])", job["id"])


def entry_and_dock(p):
    follow(p, p.filled.running)
    entry(p)
    p.browser.until("document.querySelector('[data-testid=dock-job]')")
    p.browser.js("sessionStorage.clear()")


def job_dialog(p):
    dock(p)
    p.click("dock-open")
    p.browser.until("document.querySelector('dialog[open] [data-testid=job-connection]')?.textContent === 'WebSocket'")


def job_dialog_with_failures(p):
    follow(p, p.filled.damaged)
    p.keys(p.filled.users)
    p.click("dock-open")
    p.browser.until("document.querySelector('[data-testid=job-all-failures]')")
    p.browser.js("sessionStorage.clear()")


def jobs(p):
    # One of them shall be at work.
    assert p.filled.running["finishedAt"] is None
    p.open("/jobs")


def jobs_filtered_to_nothing(p):
    p.open("/jobs?kind=rename")


def job_running(p):
    p.open(f"/jobs/{p.filled.running['id']}")


def job_with_failures(p):
    p.open(f"/jobs/{p.filled.damaged['id']}")


def audit(p):
    p.open("/audit")


def monitor(p):
    p.open("/monitor")
    p.browser.until("document.querySelector('kv-monitor path')?.getAttribute('d')")


def help_of_keys(p):
    keys(p)
    p.browser.js("document.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))")
    p.browser.until("document.querySelector('dialog[open]')")


def not_found(p):
    p.open("/")
    p.browser.js("history.pushState(null, '', '/nowhere'); dispatchEvent(new PopStateEvent('popstate'))")


def no_such_namespace(p):
    p.keys("0123456789abcdef0123456789abcdef")


VIEWS = (entry_and_dock, namespaces, namespace_menu, new_namespace, keys, keys_of_a_large_namespace, keys_under_a_prefix, keys_selected, entry,
         entry_as_a_tree, palette, list_of_keys,
         entry_with_invalid_json, entry_that_is_not_there, new_key, protected, empty_namespace, no_such_prefix, bulk_delete, bulk_copy,
         import_dialog, export_dialog, job_dialog, dock, job_dialog_with_failures, jobs, jobs_filtered_to_nothing, job_running,
         job_with_failures, audit, monitor, help_of_keys, not_found, no_such_namespace)
