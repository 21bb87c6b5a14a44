"""Read by Orca from its user's folder (its manual, "Advanced configuration"); the desktop puts it there.

While Orca reads on, it moves the caret along, and the browser tells it so a moment later. Orca 43.1 then sometimes says the
line that it just read once more, as if somebody had moved there. Its scripts for WebKit and for LibreOffice leave such
events out while it reads on; this does the same for its script for web pages.

Reading on leaves out what a thing is ("link") where the caret was before. Is Orca told twice that the caret came to the top of
a page, which is chance, that thing is the one at the top. Here reading on begins as if the caret had been nowhere.
"""
from orca.scripts.web import script


def left_out_while_reading_on(name):
    hears = getattr(script.Script, name)

    def hears_unless_it_reads_on(self, event):
        return True if self._inSayAll else hears(self, event)

    setattr(script.Script, name, hears_unless_it_reads_on)


for name in ("onCaretMoved", "onFocusedChanged"):
    left_out_while_reading_on(name)

reads_on = script.Script.textLines


def reads_on_as_if_it_had_just_come(self, obj, offset=None):
    self.utilities._priorContexts.clear()
    return reads_on(self, obj, offset)


script.Script.textLines = reads_on_as_if_it_had_just_come
print("customizations are in place", flush=True)
