"""GNOME Shell as it is, headless on Wayland, for one test: told by its own
Eval (unsafe mode) what to say of itself, and clicked on by a pointer of its own
compositor."""
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))
import dbus  # noqa: E402

from desk import Desk  # noqa: E402

import keeld  # noqa: E402

# What is up, as the shell has it.
STATE = """
(() => {
    const tray = Main.messageTray, banner = tray._banner;
    const all = tray.getSources().flatMap(s => s.notifications);
    const say = n => ({title: n.title, body: n.bannerBodyText,
        app: n.source.title, buttons: n.actions.map(a => a.label),
        transient: n.isTransient, urgency: n.urgency});
    return {banner: banner && tray._notificationState == 2
                ? say(tray._notification) : null,
            expanded: !!banner && banner.expanded, all: all.map(say)};
})()
"""
POINTER = """
(() => {
    const Clutter = imports.gi.Clutter;
    if (!global.ekPointer)
        global.ekPointer = Clutter.get_default_backend().get_default_seat()
            .create_virtual_device(Clutter.InputDeviceType.POINTER_DEVICE);
    return true;
})()
"""
MOVE = """
global.ekPointer.notify_absolute_motion(
    imports.gi.GLib.get_monotonic_time(), %d, %d)
"""
BUTTON = """
global.ekPointer.notify_button(imports.gi.GLib.get_monotonic_time(),
    imports.gi.Clutter.BUTTON_PRIMARY,
    imports.gi.Clutter.ButtonState.%s)
"""
# The middle of what the banner shows with these words.
PLACE = """
(() => {
    const find = actor => (actor.label == %(label)s || actor.text == %(label)s)
        && actor.mapped ? actor
        : actor.get_children().map(find).find(a => a) || null;
    const top = %(top)s, actor = top && find(top);
    if (!actor)
        return null;
    const [x, y] = actor.get_transformed_position();
    const [w, h] = actor.get_transformed_size();
    return h > 4 ? [x + w / 2, y + h / 2] : null;
})()
"""
CLEAR = """
Main.overview.hide();
Main.messageTray.getSources().filter(s => s.title != 'Evenkeel')
    .forEach(s => s.destroy());
"""
# Banners stay till FADE, for a busy machine may look too late.
STAY = """
Main.messageTray._updateNotificationTimeout = function(ms) {
    Object.getPrototypeOf(this)._updateNotificationTimeout.call(
        this, ms && 600000);
};
"""
BANNER = "Main.messageTray._banner"
ICON = "Main.messageTray._notification.gicon.names[0]"
# As when its four seconds are over.
FADE = """
Main.messageTray._notificationExpired = true;
Main.messageTray._updateState();
"""


class Shell(Desk):
    services = ("org.gnome.Shell.Notifications", "ca.desrt.dconf")
    installed = True  # the launcher and its icon

    def desktop(self):
        self.env.update(WAYLAND_DISPLAY="ek-wayland", NO_AT_BRIDGE="1",
                        XDG_CURRENT_DESKTOP="GNOME",
                        PATH=f"{keeld.BIN}:{os.environ['PATH']}")
        self.bus_here = self.connection()
        quiet = os.path.join(self.top, ".local/share/gnome-shell")
        os.makedirs(quiet)  # the shell has something to say of its own, once
        with open(os.path.join(quiet, "lock-warning-shown"), "w"):
            pass
        if self.installed:
            self.install()
        self.no_input_methods()
        self.start_shell()

    def no_input_methods(self):
        """The shell starts ibus with a function of its own between fork and
        exec, and at times stays there for ever; where a unit does it, it
        asks only for that."""
        manager = "org.freedesktop.systemd1"
        self.mock(manager, "/org/freedesktop/systemd1", manager + ".Manager"
                  ).AddMethod(manager + ".Manager", "GetUnit", "s", "o",
                              "ret = '/org/freedesktop/systemd1/unit/a'")

    def install(self):
        """What the package lays out of the launcher."""
        share = os.path.join(self.top, ".local/share")
        folder = os.path.join(share, "applications")
        os.makedirs(folder)
        shutil.copy(os.path.join(ROOT, "share/applications/evenkeel.desktop"),
                    folder)
        shutil.copytree(os.path.join(ROOT, "share/icons"),
                        os.path.join(share, "icons"))

    def start_shell(self):
        log = open(os.path.join(self.top, "shell.log"), "ab")
        with log:
            self.shell = subprocess.Popen(
                ["gnome-shell", "--headless", "--no-x11", "--unsafe-mode",
                 "--wayland-display", "ek-wayland", "--virtual-monitor",
                 "1280x800"], stdout=log, stderr=log,
                env={n: v for n, v in self.env.items()
                     if n != "WAYLAND_DISPLAY"})
        self.procs.append(self.shell)
        self.until(self.is_up)
        self.eval(POINTER)
        self.eval(STAY)
        if os.getuid() == 0:  # of which it warns
            self.until(self.others)
        self.eval(CLEAR)
        self.until(lambda: not self.others() and
                   not self.eval("Main.overview.visible"))

    def end_shell(self):
        self.shell.kill()
        self.shell.wait()
        self.until(lambda: not self.bus_here.name_has_owner("org.gnome.Shell"))

    def is_up(self):
        """Its server ends when it is asked for before the shell has its name,
        and is then asked for again."""
        try:
            if self.eval("Main.layoutManager._startingUp") is not False:
                return False
            if self.bus_here.name_has_owner("org.freedesktop.Notifications"):
                return True
            self.bus_here.start_service_by_name(self.services[0])
        except (dbus.DBusException, AssertionError):
            pass
        return False

    def others(self):
        """What the shell itself has to say."""
        state = self.state()
        return [said for said in state["all"] + [state["banner"]]
                if said and said["app"] != "Evenkeel"]

    def eval(self, script):
        shell = dbus.Interface(
            self.bus_here.get_object("org.gnome.Shell", "/org/gnome/Shell",
                                       introspect=False), "org.gnome.Shell")
        ok, said = shell.Eval(script, signature="s", timeout=20)
        assert ok, said
        return json.loads(said) if said else None

    # --- what is seen ---

    def state(self):
        return self.eval(STATE)

    def up(self):
        self.until(lambda: self.state()["banner"])
        return self.state()["banner"]

    def icon(self):
        return self.eval(ICON)

    def down(self):
        self.until(lambda: not self.state()["all"])

    def picture(self, name):
        folder = os.environ.get("EK_PICTURES")
        if not folder:
            return
        shot = dbus.Interface(
            self.bus_here.get_object("org.gnome.Shell.Screenshot",
                                       "/org/gnome/Shell/Screenshot"),
            "org.gnome.Shell.Screenshot")
        shot.Screenshot(True, False, os.path.join(folder, name + ".png"))

    # --- the hand ---

    def move(self, x, y):
        self.eval(MOVE % (x, y))

    def click(self, x, y):
        self.move(x, y)
        for state in ("PRESSED", "RELEASED"):
            self.eval(BUTTON % state)

    def place(self, label, top=BANNER):
        """Where it is, once it rests there."""
        script = PLACE % {"label": json.dumps(label), "top": top}
        seen = [None, None]

        def rests():
            seen[:] = [self.eval(script), seen[0]]
            return seen[0] is not None and seen[0] == seen[1]
        self.until(rests)
        return seen[0]

    def point(self):
        """Its buttons come up when it is pointed at."""
        self.move(640, 700)
        self.move(*self.place("A short question is waiting"))
        self.until(lambda: self.state()["expanded"])

    def press(self, label):
        self.point()
        self.click(*self.place(label))

    def fade(self):
        self.eval(FADE)
        self.until(lambda: not self.eval("!!" + BANNER))
