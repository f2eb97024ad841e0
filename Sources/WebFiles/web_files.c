// The files of Web/, made part of the program by the compiler. A new file there needs its three lines and its row here;
// a test compares the table with the folder.

#include "web_files.h"

static const unsigned char app_js[] = {
#embed "../../Web/app.js"
};
static const unsigned char components_bulk_dialogs_js[] = {
#embed "../../Web/components/bulk-dialogs.js"
};
static const unsigned char components_key_dialogs_js[] = {
#embed "../../Web/components/key-dialogs.js"
};
static const unsigned char components_key_table_input_js[] = {
#embed "../../Web/components/key-table-input.js"
};
static const unsigned char components_keys_head_js[] = {
#embed "../../Web/components/keys-head.js"
};
static const unsigned char components_kv_audit_css[] = {
#embed "../../Web/components/kv-audit.css"
};
static const unsigned char components_kv_audit_js[] = {
#embed "../../Web/components/kv-audit.js"
};
static const unsigned char components_kv_bulk_bar_css[] = {
#embed "../../Web/components/kv-bulk-bar.css"
};
static const unsigned char components_kv_bytes_css[] = {
#embed "../../Web/components/kv-bytes.css"
};
static const unsigned char components_kv_bytes_js[] = {
#embed "../../Web/components/kv-bytes.js"
};
static const unsigned char components_kv_dock_css[] = {
#embed "../../Web/components/kv-dock.css"
};
static const unsigned char components_kv_dock_js[] = {
#embed "../../Web/components/kv-dock.js"
};
static const unsigned char components_kv_entry_form_js[] = {
#embed "../../Web/components/kv-entry-form.js"
};
static const unsigned char components_kv_entry_css[] = {
#embed "../../Web/components/kv-entry.css"
};
static const unsigned char components_kv_entry_js[] = {
#embed "../../Web/components/kv-entry.js"
};
static const unsigned char components_kv_expiration_css[] = {
#embed "../../Web/components/kv-expiration.css"
};
static const unsigned char components_kv_expiration_js[] = {
#embed "../../Web/components/kv-expiration.js"
};
static const unsigned char components_kv_folders_css[] = {
#embed "../../Web/components/kv-folders.css"
};
static const unsigned char components_kv_folders_js[] = {
#embed "../../Web/components/kv-folders.js"
};
static const unsigned char components_kv_job_css[] = {
#embed "../../Web/components/kv-job.css"
};
static const unsigned char components_kv_job_js[] = {
#embed "../../Web/components/kv-job.js"
};
static const unsigned char components_kv_jobs_js[] = {
#embed "../../Web/components/kv-jobs.js"
};
static const unsigned char components_kv_json_tree_css[] = {
#embed "../../Web/components/kv-json-tree.css"
};
static const unsigned char components_kv_json_tree_js[] = {
#embed "../../Web/components/kv-json-tree.js"
};
static const unsigned char components_kv_key_table_css[] = {
#embed "../../Web/components/kv-key-table.css"
};
static const unsigned char components_kv_key_table_js[] = {
#embed "../../Web/components/kv-key-table.js"
};
static const unsigned char components_kv_keys_css[] = {
#embed "../../Web/components/kv-keys.css"
};
static const unsigned char components_kv_keys_js[] = {
#embed "../../Web/components/kv-keys.js"
};
static const unsigned char components_kv_monitor_css[] = {
#embed "../../Web/components/kv-monitor.css"
};
static const unsigned char components_kv_monitor_js[] = {
#embed "../../Web/components/kv-monitor.js"
};
static const unsigned char components_kv_namespaces_js[] = {
#embed "../../Web/components/kv-namespaces.js"
};
static const unsigned char components_kv_rail_css[] = {
#embed "../../Web/components/kv-rail.css"
};
static const unsigned char components_kv_rail_js[] = {
#embed "../../Web/components/kv-rail.js"
};
static const unsigned char components_kv_tags_css[] = {
#embed "../../Web/components/kv-tags.css"
};
static const unsigned char components_kv_tags_js[] = {
#embed "../../Web/components/kv-tags.js"
};
static const unsigned char components_kv_value_css[] = {
#embed "../../Web/components/kv-value.css"
};
static const unsigned char components_kv_value_js[] = {
#embed "../../Web/components/kv-value.js"
};
static const unsigned char components_namespace_dialogs_js[] = {
#embed "../../Web/components/namespace-dialogs.js"
};
static const unsigned char components_palette_css[] = {
#embed "../../Web/components/palette.css"
};
static const unsigned char components_palette_js[] = {
#embed "../../Web/components/palette.js"
};
static const unsigned char early_js[] = {
#embed "../../Web/early.js"
};
static const unsigned char index_html[] = {
#embed "../../Web/index.html"
};
static const unsigned char lib_api_js[] = {
#embed "../../Web/lib/api.js"
};
static const unsigned char lib_catalog_js[] = {
#embed "../../Web/lib/catalog.js"
};
static const unsigned char lib_dom_js[] = {
#embed "../../Web/lib/dom.js"
};
static const unsigned char lib_entry_store_js[] = {
#embed "../../Web/lib/entry-store.js"
};
static const unsigned char lib_followed_js[] = {
#embed "../../Web/lib/followed.js"
};
static const unsigned char lib_format_js[] = {
#embed "../../Web/lib/format.js"
};
static const unsigned char lib_job_acts_js[] = {
#embed "../../Web/lib/job-acts.js"
};
static const unsigned char lib_job_parts_js[] = {
#embed "../../Web/lib/job-parts.js"
};
static const unsigned char lib_job_plan_js[] = {
#embed "../../Web/lib/job-plan.js"
};
static const unsigned char lib_job_polling_js[] = {
#embed "../../Web/lib/job-polling.js"
};
static const unsigned char lib_job_watch_js[] = {
#embed "../../Web/lib/job-watch.js"
};
static const unsigned char lib_job_words_js[] = {
#embed "../../Web/lib/job-words.js"
};
static const unsigned char lib_json_js[] = {
#embed "../../Web/lib/json.js"
};
static const unsigned char lib_key_pages_js[] = {
#embed "../../Web/lib/key-pages.js"
};
static const unsigned char lib_key_field_js[] = {
#embed "../../Web/lib/key-field.js"
};
static const unsigned char lib_list_view_js[] = {
#embed "../../Web/lib/list-view.js"
};
static const unsigned char lib_modal_js[] = {
#embed "../../Web/lib/modal.js"
};
static const unsigned char lib_popups_js[] = {
#embed "../../Web/lib/popups.js"
};
static const unsigned char lib_router_js[] = {
#embed "../../Web/lib/router.js"
};
static const unsigned char lib_times_js[] = {
#embed "../../Web/lib/times.js"
};
static const unsigned char lib_view_js[] = {
#embed "../../Web/lib/view.js"
};
static const unsigned char lib_virtual_rows_js[] = {
#embed "../../Web/lib/virtual-rows.js"
};
static const unsigned char styles_base_css[] = {
#embed "../../Web/styles/base.css"
};
static const unsigned char styles_dialogs_css[] = {
#embed "../../Web/styles/dialogs.css"
};
static const unsigned char styles_layout_css[] = {
#embed "../../Web/styles/layout.css"
};
static const unsigned char styles_tables_css[] = {
#embed "../../Web/styles/tables.css"
};
static const unsigned char styles_tokens_css[] = {
#embed "../../Web/styles/tokens.css"
};

#define FILE(path, bytes) {path, bytes, sizeof bytes}

static const web_file files[] = {
    FILE("app.js", app_js),
    FILE("components/bulk-dialogs.js", components_bulk_dialogs_js),
    FILE("components/key-dialogs.js", components_key_dialogs_js),
    FILE("components/key-table-input.js", components_key_table_input_js),
    FILE("components/keys-head.js", components_keys_head_js),
    FILE("components/kv-audit.css", components_kv_audit_css),
    FILE("components/kv-audit.js", components_kv_audit_js),
    FILE("components/kv-bulk-bar.css", components_kv_bulk_bar_css),
    FILE("components/kv-bytes.css", components_kv_bytes_css),
    FILE("components/kv-bytes.js", components_kv_bytes_js),
    FILE("components/kv-dock.css", components_kv_dock_css),
    FILE("components/kv-dock.js", components_kv_dock_js),
    FILE("components/kv-entry-form.js", components_kv_entry_form_js),
    FILE("components/kv-entry.css", components_kv_entry_css),
    FILE("components/kv-entry.js", components_kv_entry_js),
    FILE("components/kv-expiration.css", components_kv_expiration_css),
    FILE("components/kv-expiration.js", components_kv_expiration_js),
    FILE("components/kv-folders.css", components_kv_folders_css),
    FILE("components/kv-folders.js", components_kv_folders_js),
    FILE("components/kv-job.css", components_kv_job_css),
    FILE("components/kv-job.js", components_kv_job_js),
    FILE("components/kv-jobs.js", components_kv_jobs_js),
    FILE("components/kv-json-tree.css", components_kv_json_tree_css),
    FILE("components/kv-json-tree.js", components_kv_json_tree_js),
    FILE("components/kv-key-table.css", components_kv_key_table_css),
    FILE("components/kv-key-table.js", components_kv_key_table_js),
    FILE("components/kv-keys.css", components_kv_keys_css),
    FILE("components/kv-keys.js", components_kv_keys_js),
    FILE("components/kv-monitor.css", components_kv_monitor_css),
    FILE("components/kv-monitor.js", components_kv_monitor_js),
    FILE("components/kv-namespaces.js", components_kv_namespaces_js),
    FILE("components/kv-rail.css", components_kv_rail_css),
    FILE("components/kv-rail.js", components_kv_rail_js),
    FILE("components/kv-tags.css", components_kv_tags_css),
    FILE("components/kv-tags.js", components_kv_tags_js),
    FILE("components/kv-value.css", components_kv_value_css),
    FILE("components/kv-value.js", components_kv_value_js),
    FILE("components/namespace-dialogs.js", components_namespace_dialogs_js),
    FILE("components/palette.css", components_palette_css),
    FILE("components/palette.js", components_palette_js),
    FILE("early.js", early_js),
    FILE("index.html", index_html),
    FILE("lib/api.js", lib_api_js),
    FILE("lib/catalog.js", lib_catalog_js),
    FILE("lib/dom.js", lib_dom_js),
    FILE("lib/entry-store.js", lib_entry_store_js),
    FILE("lib/followed.js", lib_followed_js),
    FILE("lib/format.js", lib_format_js),
    FILE("lib/job-acts.js", lib_job_acts_js),
    FILE("lib/job-parts.js", lib_job_parts_js),
    FILE("lib/job-plan.js", lib_job_plan_js),
    FILE("lib/job-polling.js", lib_job_polling_js),
    FILE("lib/job-watch.js", lib_job_watch_js),
    FILE("lib/job-words.js", lib_job_words_js),
    FILE("lib/json.js", lib_json_js),
    FILE("lib/key-pages.js", lib_key_pages_js),
    FILE("lib/key-field.js", lib_key_field_js),
    FILE("lib/list-view.js", lib_list_view_js),
    FILE("lib/modal.js", lib_modal_js),
    FILE("lib/popups.js", lib_popups_js),
    FILE("lib/router.js", lib_router_js),
    FILE("lib/times.js", lib_times_js),
    FILE("lib/view.js", lib_view_js),
    FILE("lib/virtual-rows.js", lib_virtual_rows_js),
    FILE("styles/base.css", styles_base_css),
    FILE("styles/dialogs.css", styles_dialogs_css),
    FILE("styles/layout.css", styles_layout_css),
    FILE("styles/tables.css", styles_tables_css),
    FILE("styles/tokens.css", styles_tokens_css),
};

size_t web_file_count(void) { return sizeof files / sizeof files[0]; }
web_file web_file_at(size_t index) { return files[index]; }
