"""states - every page and state of it that a person can see, one line each.

Each way starts at the link that `keel open` hands over and goes on by links
and buttons.  What looks at all of them (test_states.py) walks this list; a new
page is a new line here, and its tree a new file in golden/.
"""
import re

from browse import keel
from keeld import PLAN, key

SECRET = "canary heron walnut"
SHARED = "1. Does anyone else use this login?"
PLACE = "Last: how is your book to be locked?"
FILE = "In a file that only my login opens."
DRAWN = (r'(?<=StaticText ")[a-z]+(?="\n\s+listitem|"\n\s+paragraph)',
         r"(?<=word number )\d", r"/tmp/ek\.[^ \"]+?/h\b")
MOOD, SIGN = "How has your mood been today?", "skipping lunch"
HELP = "Tea with the door closed"
# headings of a check-in's steps
SIGNS, USED, LAST = "Your early warning signs", "What helps you", "Nearly done"


class Way:
    """How one state is reached.  `step` is given the case and a tab at the
    page `to` and leaves it at the state; `before` readies the book."""

    def __init__(self, to="today", step=None, before=None, book="file",
                 drawn=()):
        """drawn: patterns of what differs from run to run."""
        self.to, self.step, self.before, self.book = to, step, before, book
        self.drawn = drawn

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


# --- a book on the page ---

def begin(option, **texts):
    """The first run's form, sent."""
    def step(_, tab):
        for name, text in texts.items():
            tab.do("evaluate", code=f"document.getElementsByName("
                   f"'{name}')[0].value = '{text}'")
        if option is not None:
            tab.do("choose", group=SHARED, option="No, only I do")
            tab.do("choose", group=PLACE, option=option)
        tab.button("Make my book")
    return step


def word_of(tab):
    """The word that is asked for, read off the page."""
    number = int(re.search(r"word number (\d)", tab.text())[1])
    return tab.do("evaluate", code="[...document.querySelectorAll('ol li')]"
                  f"[{number - 1}].innerText")


def wrote(right):
    def step(_, tab):
        word = word_of(tab) if right else "wrongly"
        tab.do("evaluate", code="document.querySelector("
               f"'main input[name=word]').value = '{word}'")
        tab.button("I wrote them down")
    return step


def passphrase_book(case):
    """By keel, for its key is made of words in keel only."""
    status, said = keel(case.k, "start", "--answers", "-", stdin=(
        "sign=skipping lunch\nhelps=Tea\nperson=Jia\nwhen=none\n"
        f"key=passphrase\npassphrase={SECRET}\n"))
    case.assertEqual(status, 0, said)


def locked(case):
    passphrase_book(case)
    case.k.restart()


def locked_and_added(case):
    locked(case)
    case.k.checkin()


def unlock(words):
    def step(_, tab):
        if tab.has("link", "Open it"):
            tab.link("Open it")
        tab.do("evaluate", code="document.querySelector("
               f"'main input[type=password]').value = '{words}'")
        tab.button("Open my book", nth=0)
    return step


# --- the plan, the diary ---

def written(case):
    """Two entries: a check-in with a note, a hard day."""
    case.k.checkin(note="a note\nof two lines", signs={"s1": 2},
                   used={"h2": 3}, plan=case.k.get(
                       "/v1/form?instrument=pulse")["plan"])
    case.k.post("/v1/hard", {}, key())


def changed_plan(case):
    case.k.put("/v1/plan", {
        "text": PLAN.replace("short answers", "short answers at noon"),
        "base": case.k.get("/v1/plan")["version"]}, key())


STATES = {
    "start": Way(book=None),
    "start-empty": Way(step=begin(None), book=None),
    "start-wrong": Way(step=begin("Under a passphrase", passphrase="short",
                                  again="other"), book=None),
    "start-words": Way(step=begin(FILE), book=None, drawn=DRAWN),
    "start-words-wrong": Way(step=then(begin(FILE), wrote(False)), book=None,
                             drawn=DRAWN),
    "start-made": Way(step=then(begin(FILE, sign="skipping lunch"),
                                wrote(True)), book=None, drawn=DRAWN),
    "start-already": Way("start"),
    "locked": Way(before=locked, book=None),
    "locked-wrong": Way(step=unlock("heron"), before=locked, book=None),
    "locked-hard": Way("hard", press("Show me my words"), before=locked,
                       book=None),
    "locked-checkin": Way("checkin", before=locked, book=None),
    "locked-added": Way(step=unlock(SECRET), before=locked_and_added,
                        book=None),
    "kept": Way(step=links("Where this is kept"), drawn=DRAWN),
    "plan": Way("plan"),
    "plan-signs": Way("plan", links("Change: Early warning signs")),
    "plan-role": Way("plan", links("My role")),
    "plan-versions": Way("plan", links("Earlier versions"),
                         before=changed_plan),
    "diary": Way("diary", before=written),
    "diary-empty": Way("diary"),
    "diary-entry": Way("diary", links("Change or delete"), before=written),
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
