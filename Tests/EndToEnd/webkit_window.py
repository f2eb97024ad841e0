#!/usr/bin/python3
"""A window with nothing but a page of WebKitGTK, for its driver: any width, downloads into a folder, the console in a file,
and dark, calm or with larger letters while it runs. It runs in the system's Python, which has the bindings."""
import argparse
import json
import os

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

parser = argparse.ArgumentParser()
for name in ("console", "wishes", "downloads", "profile", "early"):
    parser.add_argument(f"--{name}", required=True)
options, _ = parser.parse_known_args()

# The process of the page inherits these, and prints there what the console says.
console = os.open(options.console, os.O_WRONLY | os.O_APPEND)
os.dup2(console, 1)
os.dup2(console, 2)

# One that leaves no traces would print nothing of the console.
context = WebKit2.WebContext.new_with_website_data_manager(
    WebKit2.WebsiteDataManager(base_data_directory=options.profile, base_cache_directory=options.profile))
context.set_automation_allowed(True)
settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True, zoom_text_only=True,
                            javascript_can_open_windows_automatically=True)
scripts = WebKit2.UserContentManager()
scripts.add_script(WebKit2.UserScript.new(
    options.early, WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START, None, None))


def show(driven, related=None):
    where = {"related_view": related} if related else {"web_context": context}
    view = WebKit2.WebView(settings=settings, user_content_manager=scripts, is_controlled_by_automation=driven, **where)
    window = Gtk.Window(default_width=1440, default_height=900)
    window.add(view)
    view.connect("create", lambda opener, _: show(driven, opener))
    view.connect("close", lambda _: window.destroy())
    # Nobody manages the windows of this display: without the focus nothing in the page would look focused.
    window.connect("map-event", lambda window, _: window.get_window().focus(0))
    window.show_all()
    view.grab_focus()
    return view


def begin_automation(_, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("webkit_window")
    info.set_version(1, 0, 0)
    session.set_application_info(info)
    session.connect("create-web-view", lambda _: show(True))


def begin_download(_, download):
    def place(download, name):
        download.set_destination("file://" + os.path.join(options.downloads, name))
        return True

    download.connect("decide-destination", place)


def fulfil(channel, _):
    look = Gtk.Settings.get_default()
    for line in os.read(channel, 1 << 16).decode().splitlines():
        wish = json.loads(line)
        if "dark" in wish:
            look.set_property("gtk-application-prefer-dark-theme", wish["dark"])
            look.set_property("gtk-enable-animations", not wish["calm"])
        for window in Gtk.Window.list_toplevels() if "letters" in wish else []:
            window.get_child().set_zoom_level(wish["letters"])
    return True


context.connect("automation-started", begin_automation)
context.connect("download-started", begin_download)
# Open for both ways, so that it never comes to an end.
GLib.io_add_watch(os.open(options.wishes, os.O_RDWR | os.O_NONBLOCK), GLib.IO_IN, fulfil)
Gtk.main()
