"""Rows of the result: measured in turn with their reference, printed as one table."""
import dataclasses
import statistics


@dataclasses.dataclass
class Row:
    work: str
    figure: str
    reference: str = "–"
    ratio: str = "–"
    goal: str = ""
    memory: str = "–"
    met: bool | None = None
    runs: dict = dataclasses.field(default_factory=dict)

    @staticmethod
    def skipped(work, why):
        return Row(work, figure="skipped", goal=why)


def megabytes(count):
    return f"{count / 1e6:.0f} MB"


def alternate(bench, work, ours, reference, limit, against, strict=False, memory=None):
    """Medians of several runs, the reference and ours in turn so that a noisy moment meets both.

    `ours` returns seconds and the peak of memory, `reference` seconds.
    """
    mine, theirs, peaks = [], [], []
    for run in range(bench.runs):
        theirs.append(reference(run))
        seconds, peak = ours(run)
        mine.append(seconds)
        peaks.append(peak)
        bench.note(f"{work}, run {run + 1}: {seconds:.2f} s, {against}: {theirs[-1]:.2f} s, {megabytes(peak)}")
    ratio = statistics.median(mine) / statistics.median(theirs)
    met = ratio < limit if strict else ratio <= limit
    goal = f"{'<' if strict else '≤'} {limit} ×"
    if memory:
        met = met and max(peaks) < memory * 1e6
        goal += f", < {memory} MB"
    return Row(work, f"{statistics.median(mine):.2f} s", f"{statistics.median(theirs):.2f} s ({against})", f"{ratio:.2f} ×", goal,
               megabytes(max(peaks)), met, {"ours": mine, "reference": theirs, "peakBytes": peaks})


def table(rows):
    heads = ("work", "figure", "reference", "ratio", "goal", "met", "peak memory")
    lines = [heads] + [(row.work, row.figure, row.reference, row.ratio, row.goal,
                        {True: "yes", False: "NO", None: "–"}[row.met], row.memory) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)
