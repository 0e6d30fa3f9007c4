"""states - every page and state of it that a person can see, one line each.

Each way starts at the link that `keel open` hands over and goes on by links
and buttons.  What looks at all of them (test_states.py) walks this list; a new
page is a new line here, and its tree a new file in golden/.
"""
from browse import keel
from keeld import key

MOOD, SIGN = "How has your mood been today?", "skipping lunch"
HELP = "Tea with the door closed"
# headings of a check-in's steps
SIGNS, USED, LAST = "Your early warning signs", "What helps you", "Nearly done"


class Way:
    """How one state is reached.  `step` is given the case and a tab at the
    page `to` and leaves it at the state; `before` readies the book."""

    def __init__(self, to="today", step=None, before=None, book="file"):
        self.to, self.step, self.before, self.book = to, step, before, book

    def go(self, case, **options):
        if self.before is not None:
            self.before(case)
        tab = case.open(self.to, **options)
        if self.step is not None:
            self.step(case, tab)
        return tab


# --- what happened before ---

def due(case):
    case.k.pass_time(days=1)


def busy(case):
    """A check-in waits, Tan owes her something, some were answered."""
    for day in range(6):
        case.k.pass_time(days=1)
        case.k.checkin(answers={"mood": 4 + day % 3, "energy": 5})
    case.k.post("/v1/asks", {"text": "Ask Tan for a fixed day off"}, key())
    case.k.pass_time(days=1)


# --- ways on ---

def press(*names):
    def step(_, tab):
        for name in names:
            tab.button(name)
    return step


def links(*names):
    def step(_, tab):
        for name in names:
            tab.link(name)
    return step


def then(*steps):
    def step(case, tab):
        for one in steps:
            one(case, tab)
    return step


def session_over(case, tab):
    case.k.pass_time(minutes=11)
    tab.link("Today")


def used_link(case, tab):
    """The tab asks for its own link again."""
    tab.goto(tab.do("loads")[0]["url"])


def check_in(**more):
    """As far as `leave` says, or to the end."""
    def step(_, tab):
        tab.check_in({MOOD: "6", SIGN: "a lot", HELP: "a lot"}, [HELP], **more)
    return step


def off_record(_, tab):
    tab.do("choose", group="What becomes of it",
           option="Off the record: nothing of it is kept")
    tab.check_in({MOOD: "6"})


def begun(case):
    """A check-in was begun an hour ago, and its window closed."""
    tab = case.open("checkin")
    check_in(leave=SIGNS)(case, tab)
    tab.button("Hide")
    case.k.pass_time(hours=1)


def late(_, tab):
    """The session ends while a note is written."""
    check_in(leave=LAST, note="a note")(_, tab)


def sent_late(case, tab):
    late(case, tab)
    case.k.pass_time(minutes=10, seconds=1)
    tab.button("Save")


STATES = {
    "today": Way(),
    "today-waiting": Way(before=due),
    "today-busy": Way(before=busy),
    "today-begun": Way(before=begun),
    "checkin": Way("checkin"),
    "checkin-signs": Way("checkin", check_in(leave=SIGNS)),
    "checkin-used": Way("checkin", check_in(leave=USED)),
    "checkin-note": Way("checkin", check_in(leave=LAST)),
    "checkin-again": Way("checkin", before=begun),
    "checkin-empty": Way("checkin", press("Go on", "Go on", "Go on", "Save")),
    "checkin-leave": Way("checkin", then(
        check_in(leave=SIGNS), links("Leave it"))),
    "checkin-left": Way("checkin", then(
        check_in(leave=SIGNS), links("Leave it"), press("Throw it away"))),
    "checkin-saved": Way("checkin", check_in()),
    "checkin-off-record": Way("checkin", off_record),
    "checkin-kept": Way("checkin", sent_late),
    "hard": Way("hard"),
    "hard-words": Way("hard", press("Show me my words")),
    "hidden": Way(step=press("Hide")),
    "session-over": Way(step=session_over),
    "link-used": Way(step=used_link),
}
