"""The list of keys in Chromium: a namespace of a million keys scrolled, one of very many folders opened, a prefix typed."""
import shutil
import statistics
import time

from chromium import Chromium
from program import Program
from report import Row, megabytes
from storage import full_folder

FOLDERS = 100_000
WHEEL = {"speed": 12_000, "gestureSourceType": "mouse"}
# In the page, frame by frame, further than the pages that have been fetched: each frame builds all its rows anew.
SCROLL = """
const table = document.querySelector("kv-key-table"), [frames, step] = given;
for (let frame = 0; frame < frames; frame += 1) {
    table.scrollTop += step;
    await new Promise(requestAnimationFrame);
}
return table.scrollTop / 32;"""
JUMP = """
const table = document.querySelector("kv-key-table"), paint = () => new Promise(requestAnimationFrame);
for (let jump = 0; jump < given[0] && !table.pages.complete && !table.pages.full; jump += 1) {
    const before = table.pages.length;
    table.scrollTop = table.scrollHeight;
    const late = performance.now() + 5000;
    while (table.pages.length === before && performance.now() < late) await paint();
    // What has come makes the list longer with the next frame.
    await paint();
}
return table.pages.length;"""


def scrolling(bench):
    with Program(full_folder(bench)) as program, Chromium(bench.folder) as browser:
        address = f"{program.url}/s/local/n/{program.find('full')['id']}"
        browser.open(address)
        done = {}

        def wheel():
            for _ in range(5):
                browser.cdp("Input.synthesizeScrollGesture", x=700, y=500, yDistance=-24_000, **WHEEL)
            done["by wheel"] = browser.js("return document.querySelector('kv-key-table').scrollTop / 32")

        def steps():
            done["frame by frame"] = browser.later(SCROLL, 400, 800)

        def jumps():
            done["to the end of what is loaded"] = browser.later(JUMP, 260)

        ways = {"by wheel": wheel, "frame by frame": steps, "to the end of what is loaded": jumps}
        measured = {name: browser.long_tasks(work) for name, work in ways.items()}
        peak = program.peak()
    return row(f"interface: scrolling {bench.count:,} keys", f"{done['to the end of what is loaded']:,} rows", measured, peak, {"rows": done})


def folders(bench):
    folder = bench.folder / f"folders-{FOLDERS}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        lines = bench.folder / "data/folders.ndjson"
        lines.write_text("".join(f'{{"key":"f{n:06}/x","value":"{n}"}}\n' for n in range(FOLDERS)))
        with Program(folder) as program:
            program.load(program.namespace("folders"), lines)
        lines.unlink()
        (folder / "done").touch()
    with Program(folder) as program, Chromium(bench.folder) as browser:
        address = f"{program.url}/s/local/n/{program.find('folders')['id']}"
        shown = []
        for _ in range(5):
            browser.fresh(address)
            shown.append(round(browser.later("""
                const there = () => document.querySelectorAll("kv-folders [data-testid=folder]").length > 1;
                while (!there()) await new Promise(requestAnimationFrame);
                return performance.now();""")))
        browser.open(address)

        def scroll():
            browser.cdp("Input.synthesizeScrollGesture", x=340, y=500, yDistance=-30_000, **WHEEL)

        def more():
            browser.later("""
                for (let page = 0; page < 10; page += 1) {
                    const folders = document.querySelector("kv-folders");
                    folders.querySelector("nav button")?.click();
                    folders.scrollTop = folders.scrollHeight;
                    await new Promise((resolve) => setTimeout(resolve, 500));
                }""")

        def expand():
            for _ in range(5):
                browser.js("[...document.querySelectorAll('kv-folders [data-testid=folder]')].at(-1).click()")
                browser.until("location.search")
                browser.ready()
                browser.js("history.back()")
                browser.until("!location.search")
                browser.ready()

        ways = {"opening": lambda: browser.open(address), "scrolling": scroll, "opening folders": expand, "more folders": more}
        measured = {name: browser.long_tasks(work) for name, work in ways.items()}
        peak = program.peak()
    return row(f"interface: {FOLDERS:,} folders", f"the first after {statistics.median(shown)} ms", measured, peak, {"shown": shown})


def row(work, words, measured, peak, runs):
    """Met when nothing had the processor for more than 50 ms at a stretch; `measured` is tasks and frames by what was done."""
    tasks = [task for some, _ in measured.values() for task in some]
    long = [task["processor"] for task in tasks if task["processor"] > 50]
    told = f"{len(long)} tasks > 50 ms" + (f", the longest {max(long)} ms" if long else "")
    return Row(work, f"{words}, {told} ({len(tasks)} by the clock)", goal="no task > 50 ms", memory=megabytes(peak), met=not long,
               runs=runs | measured)


def filtering(bench):
    """From a key press in the prefix field until its rows are on the screen."""
    with Program(full_folder(bench)) as program, Chromium(bench.folder) as browser:
        browser.open(f"{program.url}/s/local/n/{program.find('full')['id']}?prefix=account%3A00000")
        taken = []
        for digit in "123456789":
            field = browser.driver.find_element("css selector", "[data-testid=prefix]")
            browser.js("""
                const field = arguments[0], wanted = field.value + arguments[1];
                field.selectionStart = field.value.length;
                window.taken = null;
                field.addEventListener("keydown", async ({timeStamp}) => {
                    const there = () => document.querySelector("kv-key-table [data-key]")?.dataset.key.startsWith(wanted);
                    while (!there()) await new Promise(requestAnimationFrame);
                    requestAnimationFrame(() => setTimeout(() => window.taken = performance.now() - timeStamp));
                }, {once: true});""", field, digit)
            field.send_keys(digit)
            browser.until("window.taken !== null")
            taken.append(round(browser.js("return window.taken")))
            field.send_keys("\ue003")
            time.sleep(0.3)
            browser.ready()
        peak = program.peak()
    median = statistics.median(taken)
    return Row(f"interface: filtering {bench.count:,} keys by prefix", f"{median} ms from the key press to its rows", goal="< 100 ms",
               memory=megabytes(peak), met=median < 100, runs={"milliseconds": taken})
